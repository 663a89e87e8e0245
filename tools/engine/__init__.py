"""How the Pulumi engine is had and run, on machines with and without its CLI."""
