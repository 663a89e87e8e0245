"""Exact set algebra: intervals of integers, glob patterns, and finite unions of products of such sets.

Nothing here knows AWS or Pulumi. Every set is a frozen value with `|`, `&`, `-`, `<=`, `is_empty` and `sample()`, and
every operation is exact: a difference that is empty is a proof of containment, and a sample is a counterexample.
"""

from guardrails.sets.boxes import Boxes, Dimension
from guardrails.sets.globs import GlobSet
from guardrails.sets.intervals import IntervalSet

__all__ = ["Boxes", "Dimension", "GlobSet", "IntervalSet"]
