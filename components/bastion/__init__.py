"""The administration host that is reached through Session Manager only."""
