"""AWS Network Firewall and the DNS firewall."""
