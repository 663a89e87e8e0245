"""VPCs, and the gateways and links that lead out of them."""
