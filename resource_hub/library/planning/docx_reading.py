"""A plan read from a Word file (.docx) that somebody wrote in one of the many templates.

Runs as a child process (``infra.child``), since the file is hostile: it gets the bytes, answers
with JSON, and touches nothing else. Rule: it is never called in the process of the hub.
"""

import json

from resource_hub.infra import child
from resource_hub.library.planning.docx_filing import Filing
from resource_hub.library.planning.docx_package import Package
from resource_hub.library.planning.docx_words import Line, Reading

_MOST_TEXT = 400_000


def read(data: bytes) -> bytes:
    """Return plan, pictures (base64, by the names that stand in the plan) and how many pictures were lost; raises Refused."""
    package = Package(data)
    reading = Reading(package)
    blocks = list(reading.blocks(package.xml("word/document.xml")))
    for part in package.side_parts():
        blocks += [block for block in reading.blocks(package.xml(part)) if not isinstance(block, Line) or block.text]
    if sum(len(line.text) for block in blocks for line in ([block] if isinstance(block, Line) else block.lines)) > _MOST_TEXT:
        raise child.Refused("long")
    plan = Filing().plan(blocks)
    return json.dumps({"plan": plan, "pictures": reading.pictures, "lost": reading.lost}, ensure_ascii=False).encode()


if __name__ == "__main__":
    child.serve(read)
