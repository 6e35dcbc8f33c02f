"""Base of what features tell each other: past-tense, frozen, ids instead of rows.

A service records an event inside its unit of work; subscribers named by ``Feature`` run either
in the same transaction (``subscribers``) or as a durable job after the commit (``followers``).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    """Subclass per fact; the docstring says when it is raised and what it guarantees."""
