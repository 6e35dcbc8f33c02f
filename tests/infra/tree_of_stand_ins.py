"""A supervisor of its own process, for tests: obedient, stubborn and dying parts instead of the platform's.

Run as a program: ``tree_of_stand_ins.py FOLDER``. Every process of the tree carries the environment
variable ``STAND_IN``, by which a test finds survivors; ``FOLDER/ready`` appears when all are up.
"""

import sys
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


def main(folder: Path) -> int:
    def say(_chinese: str, english: str) -> None:
        print(english, flush=True)

    tree = Tree(folder / "logs", folder / "processes.json", say)
    tree.clear_leftovers()
    tree.listen_to_signals()
    parts = [
        part("obedient", "alone"),
        part("draining", "lifeline", "draining", has_lifeline=True),
        part("plain", "lifeline", has_lifeline=True),
        part("stubborn", "lifeline", "stubborn", has_lifeline=True, patience_s=1.0),
        part("store", "alone", "stubborn", death_signal="KILL", patience_s=0.5, stop_round=2),
    ]
    for one in parts:
        tree.start(one)
    logs = [folder / "logs" / f"{one.name}.log" for one in parts]
    try:
        tree.wait_for({"all": lambda: all(log.exists() and "up" in log.read_text() for log in logs)}, 30)
        (folder / "ready").touch()
        tree.watch()
    except (Stopped, PartFailed):
        tree.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
