"""Every table has its word in the glossary."""

from pathlib import Path

import resource_hub.app  # noqa: F401 -- defines every table
from resource_hub.infra.db import db


def test_every_table_stands_in_the_glossary() -> None:
    text = (Path(__file__).parents[2] / "docs" / "glossary.md").read_text("utf-8")
    assert [name for name in sorted(db.metadata.tables) if f"`{name}`" not in text] == []
