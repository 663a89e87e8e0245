"""Identities and their policies."""
