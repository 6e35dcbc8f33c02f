"""A process that only indexes a rack, to be killed by a test: ``python … ENGINE DATABASE DATA``."""

import sys
from pathlib import Path

from tests.infra.index.rack import open_rack

if __name__ == "__main__":
    rack = open_rack(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
    rack.index.ask_rebuild()
    rack.indexer._run()
