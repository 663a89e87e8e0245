"""Inspection: what looks into the proxy's traffic between the proxy and the NAT gateways, in every AZ by itself."""
