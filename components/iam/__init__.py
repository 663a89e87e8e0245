"""IAM: typed policy documents, names of this account's objects, the permissions boundary, and roles bounded by it."""
