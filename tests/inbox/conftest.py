"""The small district, with a feature of its own that brings things to be told about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from flask import Flask

from resource_hub.infra.features import Card, Feature, NoticeKind
from resource_hub.kernel.viewer import Viewer
from tests.people.standing import app, hub_settings, town

__all__ = ["app", "hub_settings", "parcels", "town"]


@dataclass
class Parcels:
    """Things with a title; ``hidden`` ones show to nobody any more."""

    hidden: set[str] = field(default_factory=set)
    asked: int = 0

    def cards(self, _viewer: Viewer, ids: Sequence[str]) -> Mapping[str, Card]:
        self.asked += 1
        return {ident: Card(f"包裹 {ident}", f"/parcels/{ident}") for ident in ids if ident not in self.hidden}


@pytest.fixture
def parcels(app: Flask) -> Parcels:
    made = Parcels()
    app.extensions["resource_hub"].mount(
        Feature(
            name="parcels",
            notices=(
                NoticeKind("parcel.sign", "请签收“%(title)s”,%(from)s 寄来", is_task=True),
                NoticeKind("parcel.sent", "“%(title)s”已寄出"),
            ),
            cards={"parcel": made.cards},
        )
    )
    return made
