"""Ways to the company's own network: Direct Connect, VPN, and its name servers."""
