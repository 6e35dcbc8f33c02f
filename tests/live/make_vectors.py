"""Write vectors.json anew: ``python -m tests.live.make_vectors`` after the state or the commands changed on purpose."""

import json
from itertools import count

from resource_hub.live.state import FACTS
from tests.live.playing import Play
from tests.live.test_state import VECTORS

STEPS = 160


def main() -> None:
    """Play lessons until every kind of fact occurs; those that add none are left out."""
    plays: list[Play] = []
    missing = set(FACTS)
    for seed in count(1):
        play = Play(seed, f"les_vector{seed}").run(STEPS)
        added = missing & {fact["type"] for fact in play.facts}
        if added:
            plays.append(play)
            missing -= added
        if not missing:
            break
    vectors = [{"lesson": play.lesson, "facts": play.facts, "state": play.now} for play in plays]
    VECTORS.write_text(json.dumps(vectors, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    main()
