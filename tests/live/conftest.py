"""Lessons that stand, and a web process that carries them, on both databases."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask

from resource_hub.kernel.settings import Settings
from tests.live.clients import Client
from tests.live.standing import Tokens, admit, plan, serving
from tests.people_of_a_district import District


@dataclass
class Live:
    """A served installation with one lesson of today."""

    url: str
    lesson: str
    tokens: Tokens
    app: Flask

    def client(self, seat: str, lesson: str = "") -> Client:
        return Client(self.url, self.tokens[seat], lesson or self.lesson)


@pytest.fixture
def live(district: District, hub_settings: Settings) -> Iterator[Live]:
    tokens, (lesson,) = admit(district.app), plan(district.app)
    with serving(hub_settings) as (url, _process):
        yield Live(url, lesson, tokens, district.app)
