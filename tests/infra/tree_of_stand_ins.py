"""A supervisor of its own process, for tests: obedient, stubborn and dying parts instead of the platform's.

Run as a program: ``tree_of_stand_ins.py FOLDER [KIND]``, where the kind of the tree is one of ``TREES``.
Every process of the tree carries the environment variable ``STAND_IN``, by which a test finds survivors;
``FOLDER/ready`` appears when all are up.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

from resource_hub.infra.supervise import Part, PartFailed, Stopped, Tree

# Parts with a lifeline start a grandchild that leaves their session, as a sandboxed tool does; the two
# foreign programs of the platform, storage and gateway, start none.
_WITH_GRANDCHILD = """
import signal, subprocess, sys, time
from resource_hub.infra import supervise
if "lifeline" in sys.argv: supervise.die_with_parent(patience_s=0.5)
if "draining" in sys.argv: signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
if "stubborn" in sys.argv: signal.signal(signal.SIGTERM, lambda *_: None)
if "alone" not in sys.argv: subprocess.Popen(["sleep", "600"], start_new_session=True)
print("up", flush=True)
while True: time.sleep(0.1)
"""


def part(name: str, *words: str, **details: object) -> Part:
    return Part(name, (sys.executable, "-c", _WITH_GRANDCHILD, *words), **details)  # type: ignore[arg-type]  # the test's own words


def whole_tree() -> list[Part]:
    return [
        part("obedient", "alone"),
        part("draining", "lifeline", "draining", has_lifeline=True),
        part("plain", "lifeline", has_lifeline=True),
        part("stubborn", "lifeline", "stubborn", has_lifeline=True, patience_s=1.0),
        part("store", "alone", "stubborn", death_signal="KILL", patience_s=0.5, stop_round=2),
    ]


def hung_parts() -> list[Part]:
    """The first cannot even be asked, the second does not answer."""

    def fail() -> bool:
        raise ValueError("no question")

    return [part("unaskable", "alone", is_answering=fail), part("hung", "alone", is_answering=lambda: False)]


def late_part() -> list[Part]:
    return [part("late", "alone")]


TREES: dict[str, Callable[[], list[Part]]] = {"whole": whole_tree, "hung": hung_parts, "late": late_part}


def main(folder: Path, kind: str = "whole") -> int:
    def say(_chinese: str, english: str) -> None:
        print(english, flush=True)

    def is_up() -> bool:
        if kind == "late":
            (folder / "ready").touch()
            time.sleep(600)
        return all(log.exists() and "up" in log.read_text() for log in logs)

    tree = Tree(folder / "logs", folder / "processes.json", say, ask_every_s=0.1)
    tree.clear_leftovers()
    tree.listen_to_signals()
    parts = TREES[kind]()
    for one in parts:
        tree.start(one)
    logs = [folder / "logs" / f"{one.name}.log" for one in parts]
    try:
        tree.wait_for({"all": is_up}, 30)
        (folder / "ready").touch()
        tree.watch()
    except (Stopped, PartFailed):
        tree.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:]))
