"""Who is told how far a backup is; the command line draws it, tests and jobs are quiet."""

from typing import Protocol


class Watch(Protocol):
    def stage(self, chinese: str, english: str, total: int, *, is_bytes: bool = True) -> None:
        """A new stage begins, of ``total`` steps: bytes, or rows."""

    def step(self, done: int) -> None:
        """So many steps more are done."""

    def note(self, chinese: str, english: str) -> None:
        """Say something that the operator should know."""


class Quiet:
    """Tells nobody."""

    def stage(self, chinese: str, english: str, total: int, *, is_bytes: bool = True) -> None: ...

    def step(self, done: int) -> None: ...

    def note(self, chinese: str, english: str) -> None: ...
