"""A small application with the curriculum alone: a real database, real doors, one viewer."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import Babel

from resource_hub.curriculum import service
from resource_hub.curriculum.feature import FEATURE
from resource_hub.infra import unit
from resource_hub.infra.db import db, init_db
from resource_hub.infra.features import Feature, Hub
from resource_hub.infra.shelf import Shelf
from resource_hub.infra.storage import Storage
from resource_hub.infra.web.doors import init_doors
from resource_hub.infra.web.errors import init_errors
from resource_hub.kernel.settings import Settings
from resource_hub.kernel.viewer import Grant, Role, ScopeKind, Viewer

TEACHER = Viewer(
    person_id="per_1",
    name="吴有田",
    school_id="sch_1",
    community_ids=frozenset(),
    grants=(Grant(Role.TEACHER, ScopeKind.SCHOOL, "sch_1"),),
)


@pytest.fixture
def app(database: str) -> Iterator[Flask]:
    settings = Settings(database_url=database)
    app = Flask(__name__)
    Babel(app, default_locale="zh")
    init_db(app, settings.database)
    hub = Hub(settings=settings, storage=Storage.__new__(Storage), shelf=Shelf())
    hub.mount(FEATURE)
    hub.mount(Feature(name="door", identify=lambda request: TEACHER if "x-teacher" in request.headers else None))
    app.extensions["resource_hub"] = hub
    init_errors(app)
    init_doors(app)
    for blueprint in FEATURE.blueprints:
        app.register_blueprint(blueprint)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def inside(app: Flask) -> Iterator[Flask]:
    """The application with its context open; doors are tried without, as a server would."""
    with app.app_context():
        yield app


@pytest.fixture
def loaded(inside: Flask) -> Flask:
    with unit.write():
        service.load_standard()
    return inside
