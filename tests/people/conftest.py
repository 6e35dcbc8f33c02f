"""The small district of ``tests.people.standing``, on both databases."""

from tests.people.standing import app, hub_settings, town

__all__ = ["app", "hub_settings", "town"]
