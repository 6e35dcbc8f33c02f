"""Generated pages of docs/ say what the code says."""

from pathlib import Path

import pytest

from resource_hub.cli import docs
from resource_hub.kernel.errors import HubError


@pytest.mark.parametrize("name", ["settings.md", "errors.md", "permissions.md"])
def test_generated_pages_do_not_drift(name: str) -> None:
    written = (Path(__file__).parents[2] / "docs" / name).read_text("utf-8")
    assert written == docs.pages()[name], "run: make docs"


def test_every_error_has_its_own_sentence_for_people() -> None:
    for error in docs._all_errors():
        assert error.message.strip(), error
        assert error is HubError or error.code != "broken" or error.__name__ == "Broken", error
