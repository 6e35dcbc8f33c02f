"""A process that only indexes a shelf, to be killed by a test: ``python -m … DATABASE DATA``."""

import sys
from pathlib import Path

from tests.search.shelf import open_shelf

if __name__ == "__main__":
    shelf = open_shelf(sys.argv[1], Path(sys.argv[2]))
    shelf.index.folder.ask_rebuild()
    shelf.indexer._run()
