"""Facts: frozen values with provenance, read from a preview, a state file or an account."""
