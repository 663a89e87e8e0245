"""Rules on what records, and on what keeps the records."""
