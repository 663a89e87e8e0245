"""The virtual secure room: directory, desktops and the egress proxy with its allow-list."""
