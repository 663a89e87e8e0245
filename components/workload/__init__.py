"""Workload VPCs: instances that leave through inspection, and never meet the internet themselves."""
