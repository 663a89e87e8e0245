"""Network ACLs."""
