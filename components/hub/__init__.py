"""The hub: a transit gateway with separated tables, and the VPC through which its spokes leave."""
