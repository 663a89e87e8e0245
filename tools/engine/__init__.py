"""How the Pulumi engine is had on a machine that lacks it, and how it is run against the simulated account.

The launcher (`python3 -m tools.engine <command>`) uses the standard library alone, because it runs before anything is
installed. Only `tools.engine.host` runs inside the virtual environment: it is the Python language host that the engine
starts.
"""
