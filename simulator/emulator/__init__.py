"""The API side of the simulated account: moto, kept with the account and reachable with any AWS client on loopback."""
