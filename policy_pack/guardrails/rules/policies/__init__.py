"""Policies of resources, and who they let in."""
