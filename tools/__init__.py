"""Tools for working on this repository."""
