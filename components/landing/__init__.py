"""The landing network: VPCs beside the room, each from a plan of the same shape."""
