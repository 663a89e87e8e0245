"""Shows what the language host hands to a program, and fails in the way that its configuration asks for."""

import os
import sys
import time
from pathlib import Path

import pulumi


class Box(pulumi.ComponentResource):
    def __init__(self, name: str) -> None:
        super().__init__("engine:test:Box", name)
        self.register_outputs({"full": True})


def fail_here() -> None:
    raise ValueError("this program fails on purpose")


config = pulumi.Config()
mode = config.get("mode") or "fine"
Box(config.get("box") or "box")
pulumi.export("greeting", config.require("greeting"))
pulumi.export("secret", config.get_secret("word"))
pulumi.export("project", pulumi.get_project())
pulumi.export("stack", pulumi.get_stack())
pulumi.export("folder", str(Path.cwd()))
pulumi.export("arguments", sys.argv)
pulumi.export("python", sys.prefix)
pulumi.export("path", list(sys.path))
print("a line that the program prints")

if mode == "raise":
    fail_here()
if mode == "run-error":
    raise pulumi.RunError("a configuration that makes no sense")
if mode == "exit":
    sys.exit(7)
if mode == "wait":
    Path(os.environ["HOME"], "waiting").write_text(f"{os.getpid()}\n")
    time.sleep(600)
