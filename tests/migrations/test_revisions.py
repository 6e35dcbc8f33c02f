"""Revision files: one line of them, each with one idea said first, a way back, and no models."""

import ast
import re
from pathlib import Path

import pytest

from resource_hub.infra import migrate

FILES = sorted((migrate.FOLDER / "versions").glob("*.py"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_revision_says_its_idea_and_knows_the_way_back(file: Path) -> None:
    tree = ast.parse(file.read_text("utf-8"))
    number, before = file.stem[:4], f"{int(file.stem[:4]) - 1:04}"
    idea, _, facts = (ast.get_docstring(tree) or "").partition("\n\n")
    assert re.fullmatch(r"[A-Z][^.]+\.", idea), "the docstring begins with one sentence that says the idea"
    assert f"Revision ID: {number}" in facts
    assert f"Revises: {before if number != '0001' else ''}".strip() in facts
    given = {target.id: ast.literal_eval(node.value) for node in tree.body if isinstance(node, ast.Assign)
             for target in node.targets if isinstance(target, ast.Name) and target.id.endswith("revision")}  # fmt: skip
    assert given == {"revision": number, "down_revision": before if number != "0001" else None}
    ways = {node.name: node.body for node in tree.body if isinstance(node, ast.FunctionDef)}
    for way in ("upgrade", "downgrade"):
        assert any(not isinstance(step, ast.Pass) for step in ways[way]), f"{way} does nothing"
    imported = {(node.module or "") if isinstance(node, ast.ImportFrom) else name.name
                for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom)) for name in node.names}  # fmt: skip
    assert not {name for name in imported if name.startswith(("resource_hub", "media_worker"))}, "models of a later day"


def test_revisions_are_numbered_without_gaps() -> None:
    assert [file.stem[:4] for file in FILES] == [f"{number:04}" for number in range(1, len(FILES) + 1)]
    assert migrate.head() == FILES[-1].stem[:4]
