"""The district with works, and the application behind a real HTTP port."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from werkzeug.serving import make_server

from tests.library.conftest import works
from tests.openings.receiver import Receiver, receiving
from tests.people_of_a_district import District

__all__ = ["works"]


@dataclass(frozen=True)
class Served:
    address: str


@pytest.fixture
def served(district: District) -> Iterator[Served]:
    """The application at an address of its own, for clients that speak HTTP."""
    server = make_server("127.0.0.1", 0, district.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Served(f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found
