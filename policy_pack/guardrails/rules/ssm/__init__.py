"""Systems Manager: documents and sessions."""
