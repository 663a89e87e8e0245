"""The network: a pure plan of addresses, routes and flows, and the components that build it."""
