"""Readers of what Pulumi shows: requests of the engine at a preview or update, and state files."""
