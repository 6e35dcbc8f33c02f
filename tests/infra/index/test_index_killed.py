"""kill -9 at any moment of indexing: no reader is harmed, nothing is lost, nothing doubled."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import tests
from resource_hub.infra import unit
from resource_hub.infra.features import hub
from resource_hub.infra.index import Indexer
from tests.search.shelf import Shelf

HERE = Path(__file__).parent
ROOT = Path(tests.__file__).parents[1]


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_an_indexer_killed_again_and_again_loses_and_doubles_nothing(any_shelf: Shelf, tmp_path: Path) -> None:
    chance = random.Random(7)
    settings = any_shelf.app.extensions["resource_hub"].settings
    database = settings.database_url or settings.database
    for number in range(40):
        any_shelf.put(f"n{number:02}", f"第{number}课 浮力", pages=["浮力与密度 " * 30])
    any_shelf.settle()
    any_shelf.indexer.stop()
    for life in range(5):
        process = subprocess.Popen(
            [sys.executable, str(HERE / "indexing_process.py"), database, str(settings.data_path)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        end = time.monotonic() + 0.8 + chance.random() * 1.2
        while time.monotonic() < end:
            any_shelf.put(f"n{chance.randrange(40):02}", f"第{life}次改的课 浮力", pages=["浮力 " * 50])
            assert any_shelf.search("浮力", limit=50).total == 40, "what readers see is always whole"
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()
    any_shelf.indexer = Indexer(any_shelf.app)
    any_shelf.put("last", "最后一课 浮力")
    any_shelf.settle()
    found = any_shelf.search("浮力", limit=50)
    assert found.total == len(found.hits) == 41
    with any_shelf.app.app_context(), unit.read():
        true = {i: d.title for i, d in hub().documents["note"].load([hit.ref.id for hit in found.hits]).items()}
    assert {hit.ref.id: hit.title for hit in found.hits} == true
