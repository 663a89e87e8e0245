"""One stack's whole configuration: typed, explained, with safe defaults, and refused with every error at once."""

from components.settings.errors import Problem, SettingsError
from components.settings.load import from_mapping, load
from components.settings.model import Settings

__all__ = ["Problem", "Settings", "SettingsError", "from_mapping", "load"]
