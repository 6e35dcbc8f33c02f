"""Write vectors.json anew: ``python -m tests.live.make_vectors`` after the state or the commands changed on purpose."""

import json

from tests.live.playing import Play
from tests.live.test_state import VECTORS


def main() -> None:
    """Play a few lessons, long enough that every kind of fact occurs."""
    plays = [Play(seed, f"les_vector{seed}").run(180) for seed in range(1, 11)]
    vectors = [{"lesson": play.lesson, "facts": play.facts, "state": play.now} for play in plays]
    VECTORS.write_text(json.dumps(vectors, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    main()
