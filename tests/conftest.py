"""What holds for every tier: properties are judged by what they find, not by how fast this machine is at the moment."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# CI tries the same examples each time, so that it judges the change and not the dice; every other run explores.
settings.register_profile("ci", settings.get_profile("house"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "house")
