"""Entry point of `python3 -m tools.engine`: finds a Python that is new enough before it imports anything else.

The syntax of this file stays readable for old interpreters, so that their users get a sentence and not a traceback.
"""

import os
import shutil
import sys

OLDEST = (3, 11)
CANDIDATES = ("python3.13", "python3.12", "python3.11", "python3.14")


def main():
    """Run the command line, in this Python or in a newer one found on PATH."""
    if sys.version_info < OLDEST:
        for name in CANDIDATES:
            newer = shutil.which(name)
            if newer:
                os.execv(newer, [newer, "-m", "tools.engine"] + sys.argv[1:])  # noqa: RUF005, S606 - old syntax on purpose
        found = "%d.%d" % sys.version_info[:2]  # noqa: UP031 - old syntax on purpose
        sys.stderr.write("error: Python 3.11 or newer is needed, this is " + found + "\n")
        sys.stderr.write("remedy: install Python 3.11+, or name one: make PYTHON=/path/to/python3.12 ...\n")
        return 2
    from tools.engine.cli import main as run  # noqa: PLC0415 - only readable by the Python just checked

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
