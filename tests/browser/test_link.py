"""The line to the village is as slow, as late and as broken as it says; other figures rest on it."""

import socket
import subprocess
import sys

import pytest

from tests.browser.link import CUT, OPEN, SLOW, Link, in_namespaces, standing_link

pytestmark = pytest.mark.slow

PACKETS, BYTES = 12, 1252  # with the headers of UDP and IP 20 ms each at 512 kbit/s
ASK = """
import socket, sys, time
asked = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
asked.settimeout(1)
asked.connect((sys.argv[1], int(sys.argv[2])))
began = time.monotonic()
asked.send(b"?")
try:
    while asked.recv(2048):
        print(time.monotonic() - began, flush=True)
except TimeoutError:
    pass
"""


@in_namespaces
def test_a_slow_line_is_slow_and_late_and_a_cut_line_carries_nothing() -> None:
    with standing_link() as link:
        assert len(arrivals(link)) == PACKETS
        link.become(SLOW)
        slow = arrivals(link)
        assert len(slow) == PACKETS
        assert slow[0] >= 0.3
        assert slow[-1] >= 0.3 + 0.02 * PACKETS
        link.become(CUT)
        assert arrivals(link) == []
        link.become(OPEN)
        assert len(arrivals(link)) == PACKETS


def arrivals(link: Link) -> list[float]:
    """Return when each packet of an answer came, in seconds after the village asked."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as city:
        city.bind((link.city, 0))
        city.settimeout(1.5)
        asking = link.in_village(sys.executable, "-c", ASK, link.city, str(city.getsockname()[1]))
        with subprocess.Popen(asking, stdout=subprocess.PIPE, text=True) as village:
            try:
                _, asker = city.recvfrom(16)
            except TimeoutError:
                asker = None
            for _ in range(PACKETS if asker else 0):
                city.sendto(b"." * BYTES, asker)
            said, _ = village.communicate()
    return [float(line) for line in said.split()]
