"""The index folder of one node: generations ``g1``, ``g2`` …, and the file that names the current.

``current.json`` is replaced atomically, so a reader sees the old generation or the new one,
whole. Rule: only the process that holds ``lock`` (an flock, freed by the kernel when the
process dies in any way) writes here; the file ``rebuild`` is everyone's way to ask for it.
"""

import fcntl
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from resource_hub.infra.index.schema import format_now


@dataclass(frozen=True, slots=True)
class Generation:
    """A whole index on disk, and the format it was written in."""

    path: Path
    format: dict[str, int]

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def is_readable(self) -> bool:
        """False when its fields are not today's; then it must be built anew before anyone searches."""
        return self.format.get("schema") == format_now()["schema"]

    @property
    def is_current(self) -> bool:
        return self.format == format_now()


class IndexFolder:
    """Paths and states on disk; no knowledge of what is inside a generation."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: IO[bytes] | None = None

    def current(self) -> Generation | None:
        """Return the generation to read; ``None`` when there is none or its note is damaged."""
        note = self._read("current.json")
        name = note.get("generation", "")
        if not (isinstance(name, str) and name.startswith("g") and name[1:].isdigit()):
            return None
        path = self.path / name
        return Generation(path, note.get("format", {})) if path.is_dir() else None

    def new_generation(self) -> Generation:
        """Return an empty folder for the next generation; left-over ones are removed."""
        current = self.current()
        self.drop_others(current)
        number = int(current.name[1:]) + 1 if current else 1
        path = self.path / f"g{number}"
        path.mkdir(parents=True)
        return Generation(path, format_now())

    def switch_to(self, generation: Generation) -> None:
        """Make ``generation`` the one that readers open."""
        self._write("current.json", {"generation": generation.name, "format": generation.format})

    def drop_others(self, kept: Generation | None) -> None:
        """Remove all generations but ``kept``; readers that hold one open keep what they opened."""
        for path in self.path.glob("g*"):
            if kept is None or path != kept.path:
                shutil.rmtree(path, ignore_errors=True)

    def try_lock(self) -> bool:
        """Return whether this process may write here, now and until it ends or unlocks."""
        if self._lock is not None:
            return True
        self.path.mkdir(parents=True, exist_ok=True)
        lock = (self.path / "lock").open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            return False
        self._lock = lock
        return True

    def unlock(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def ask_rebuild(self) -> None:
        """Have whoever writes here build a new generation."""
        self.path.mkdir(parents=True, exist_ok=True)
        (self.path / "rebuild").touch()

    @property
    def is_rebuild_asked(self) -> bool:
        return (self.path / "rebuild").exists()

    def rebuild_done(self) -> None:
        (self.path / "rebuild").unlink(missing_ok=True)
        (self.path / "progress.json").unlink(missing_ok=True)

    def note_progress(self, done: int, total: int) -> None:
        self._write("progress.json", {"done": done, "total": total})

    def progress(self) -> float:
        """Return how much of a running rebuild is done, 0…1."""
        note = self._read("progress.json")
        total = note.get("total") or 0
        return min(1.0, note.get("done", 0) / total) if total else 0.0

    def _read(self, name: str) -> dict[str, Any]:
        try:
            note = json.loads((self.path / name).read_text())
        except (OSError, ValueError):
            return {}
        return note if isinstance(note, dict) else {}

    def _write(self, name: str, note: dict[str, Any]) -> None:
        part = self.path / f"{name}.part"
        with part.open("w") as file:
            json.dump(note, file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self.path / name)
