"""WorkSpaces and the directory."""
