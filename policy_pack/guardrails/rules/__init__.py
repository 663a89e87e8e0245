"""The catalogue: one file a rule, in a folder for each family."""
