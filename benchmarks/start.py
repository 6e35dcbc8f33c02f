"""How long a start takes, from the command to the line that says ready. Prints one JSON line a figure.

Cold: an empty data folder of the demo district, programs and pages installed. Warm: the median of
three further starts of the same folder.
"""

import statistics
import tempfile
from pathlib import Path

from benchmarks.standing import platform, tell


def main() -> None:
    """Start four times."""
    with tempfile.TemporaryDirectory(prefix="bench-start-") as name:
        data = Path(name) / "data"
        with platform(data) as cold:
            tell("start.cold_s", cold.started_s, "s", "empty data folder, with the demo's people; its resources follow in the background")
        warm = []
        for _ in range(3):
            with platform(data) as again:
                warm.append(again.started_s)
        tell("start.warm_s", statistics.median(warm), "s", f"median of {', '.join(f'{one:.1f}' for one in warm)}")


if __name__ == "__main__":
    main()
