"""The application: infra first, then the features in the order of the house.

``create_app`` opens nothing on the network and starts no thread; the web process, the worker,
the command line and the tests all build their application here.
"""

from flask import Flask
from flask_babel import Babel

from resource_hub.audit.feature import FEATURE as AUDIT
from resource_hub.community.feature import FEATURE as COMMUNITY
from resource_hub.curriculum.feature import FEATURE as CURRICULUM
from resource_hub.inbox.feature import FEATURE as INBOX
from resource_hub.infra import index, installation
from resource_hub.infra.db import init_db
from resource_hub.infra.features import Hub
from resource_hub.infra.shelf import Shelf
from resource_hub.infra.storage import Storage
from resource_hub.infra.system import SYSTEM
from resource_hub.infra.web import assets, catalogs, csrf, doors, errors, headers, health, openapi, shell
from resource_hub.infra.web.pages import PAGES
from resource_hub.kernel import clock
from resource_hub.kernel.settings import Settings
from resource_hub.library.feature import FEATURE as LIBRARY
from resource_hub.live.feature import FEATURE as LIVE
from resource_hub.media.feature import FEATURE as MEDIA
from resource_hub.observation.feature import FEATURE as OBSERVATION
from resource_hub.openings.feature import FEATURE as OPENINGS
from resource_hub.packs.feature import FEATURE as PACKS
from resource_hub.people.feature import FEATURE as PEOPLE
from resource_hub.plans.feature import FEATURE as PLANS
from resource_hub.recordings.feature import FEATURE as RECORDINGS
from resource_hub.schools.feature import FEATURE as SCHOOLS
from resource_hub.search.feature import FEATURE as SEARCH
from resource_hub.shelves.feature import FEATURE as SHELVES
from resource_hub.study.feature import FEATURE as STUDY
from resource_hub.timetable.feature import FEATURE as TIMETABLE

FEATURES = (
    SYSTEM, PAGES, AUDIT, SCHOOLS, PEOPLE, CURRICULUM, COMMUNITY, INBOX, SEARCH, TIMETABLE, MEDIA, LIBRARY, SHELVES, PACKS, OPENINGS,
    PLANS, LIVE, RECORDINGS, OBSERVATION, STUDY,
)  # fmt: skip

LARGEST_REQUEST = 32 << 20
"""Bytes of a request to the application; recordings go straight to storage."""


def create_app(settings: Settings) -> Flask:
    """Return the application of the installation in ``HUB_DATA``."""
    clock.start_at(settings.clock_start)
    installed = installation.load(settings)
    app = Flask("resource_hub.infra.web", static_folder=None)
    app.config.update(
        SECRET_KEY=installed.secrets.session,
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        BABEL_DEFAULT_LOCALE="zh",
        BABEL_DEFAULT_TIMEZONE=settings.timezone,
        BABEL_TRANSLATION_DIRECTORIES=str(catalogs.compiled(settings.data_path)),
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # Flask's default provider has it
    init_db(app, settings.database)
    app.extensions["resource_hub"] = Hub(settings, Storage(settings, installed.s3_endpoint, *installed.s3_keys), Shelf(settings.redis_url))
    Babel(app, locale_selector=shell.locale)
    index.init_index(app)
    errors.init_errors(app)
    doors.init_doors(app)
    csrf.init_csrf(app)
    headers.init_headers(app)
    assets.init_assets(app)
    shell.init_shell(app)
    health.init_health(app)
    openapi.init_openapi(app)
    for feature in FEATURES:
        app.extensions["resource_hub"].mount(feature)
        for blueprint in feature.blueprints:
            app.register_blueprint(blueprint)
    return app
