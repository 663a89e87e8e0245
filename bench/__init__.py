"""Measurements, printed as seconds and as ratios within one run: `make bench`."""
