"""Evidence: the stack's key, the log bucket and the log groups, and who may write to them."""
