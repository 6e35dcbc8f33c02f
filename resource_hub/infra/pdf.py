"""A page written as PDF by WeasyPrint, in a process of its own (``infra.child``).

The page brings everything along: its style stands in it, its pictures are ``data:`` addresses.
Rule: nothing is fetched, from the network or from the disk; whatever else a page asks for is left out.
"""

import sys
from typing import Any

from resource_hub.infra import child

_WALL_S, _MEMORY_MB = 60, 2_500


def pdf_of(page: str) -> bytes:
    """Return an HTML page as PDF; raises TooHard for one that takes too long. To be called outside of any unit."""
    return child.run("resource_hub.infra.pdf", page.encode(), wall_s=_WALL_S, memory_mb=_MEMORY_MB)


def _write(page: bytes) -> bytes:
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    class OnlyData(URLFetcher):  # type: ignore[misc]  # comes without types
        def fetch(self, url: str, headers: Any = None) -> Any:
            if not url.startswith("data:"):
                raise ValueError
            return super().fetch(url, headers)

    written = HTML(string=page.decode(), url_fetcher=OnlyData(), base_url=None).write_pdf()
    return bytes(written or b"")


if __name__ == "__main__":
    sys.setrecursionlimit(5_000)
    child.serve(_write)
