"""Routes and gateways."""
