"""The laws of the house that a linter cannot hold."""

import ast
from pathlib import Path

from flask import Flask

from resource_hub.infra.features import Hub
from resource_hub.infra.web.doors import PUBLIC

ROOT = Path(__file__).parents[2]
FEATURES = (
    "audit", "schools", "people", "curriculum", "community", "inbox", "search", "timetable", "media", "library", "shelves", "packs", "openings",
    "plans", "live", "recordings", "observation", "study",
)  # fmt: skip
OPEN_TO_OTHERS = {
    "service",
    "queries",
    "access",
    "events",
    "schemas",
    "rules",
    "bells",
    "cards",
    "pages",
    "lineage",
    "differences",
    "reuse",
    "entry",
}
OPEN_TO_OTHERS |= {"lesson_plan", "planning", "plan_differences", "lesson_data", "stages", "coding", "licc", "charts", "compare", "scenes"}
READERS = {
    "live/materials.py", "openings/works.py", "packs/plan.py", "packs/queries.py", "plans/pictures.py",
    "shelves/access.py", "shelves/catalogue.py", "shelves/lesson.py", "shelves/queries.py", "shelves/service.py",
}  # fmt: skip
"""They join tables of the features below in one query; nothing is written there."""
NO_NAMES = {"utils", "util", "helpers", "common", "misc", "manager", "base2"}
PUBLIC_ROUTES = {
    "/sign-in", "/sign-out", "/setup", "/terminal", "/terminal/manifest.webmanifest", "/terminal/worker.js",
    "/healthz", "/trust", "/preferences", "/complaints", "/design", "/api/v1/tokens", "/api/v1/openapi.json",
    "/auth/oidc", "/auth/oidc/callback", "/trust/resource-hub-ca.crt",
    "/media/<asset_id>/master.m3u8", "/media/<asset_id>/<label>.m3u8", "/media/<asset_id>/storyboard.vtt",
    "/media/<asset_id>/captions/<caption_id>.vtt",
    "/oai", "/feeds/new.atom", "/calendar/<token>.ics",
    "/lti/login", "/lti/launch", "/lti/jwks", "/lti/binding/<launch_id>",
    "/observe/worker.js", "/api/v1/codings", "/live/<lesson_id>/cast/<token>/<name>",
    "/camera", "/live/<lesson_id>/camera", "/api/v1/cameras",
}  # fmt: skip


def test_every_route_declares_who_may_enter(app: Flask) -> None:
    declared: Hub = app.extensions["resource_hub"]
    for rule in app.url_map.iter_rules():
        permission = getattr(app.view_functions[rule.endpoint], "permission", None)
        assert permission is not None, f"{rule.rule} declares nothing"
        assert permission == PUBLIC or permission in declared.permissions, f"{rule.rule}: {permission} is not declared by a feature"


def test_only_the_named_routes_are_public(app: Flask) -> None:
    public = {r.rule for r in app.url_map.iter_rules() if getattr(app.view_functions[r.endpoint], "permission", None) == PUBLIC}
    assert public <= PUBLIC_ROUTES, public - PUBLIC_ROUTES


def test_features_meet_only_at_their_open_modules() -> None:
    strange = [
        f"{path.relative_to(ROOT)} imports {module}"
        for feature in FEATURES
        for path in (ROOT / "resource_hub" / feature).rglob("*.py")
        for module in _imported(path)
        if (parts := module.split("."))[0] == "resource_hub" and len(parts) > 2 and parts[1] in FEATURES and parts[1] != feature
        if parts[2] not in OPEN_TO_OTHERS and not (parts[2] == "models" and path.relative_to(ROOT / "resource_hub").as_posix() in READERS)
    ]
    assert strange == []


def test_the_hub_runs_without_speech_recognition() -> None:
    paths = [path for package in ("resource_hub", "media_worker") for path in (ROOT / package).rglob("*.py") if path.stem != "speech_model"]
    needing = [path.name for path in paths if any({"faster_whisper", "speech_model"} & set(m.split(".")) for m in _imported(path))]
    assert needing == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    for package in ("resource_hub", "media_worker"):
        assert not {p.stem for p in (ROOT / package).rglob("*.py")} & NO_NAMES


def test_every_module_says_what_it_is() -> None:
    for package in ("resource_hub", "media_worker"):
        for path in (ROOT / package).rglob("*.py"):
            assert ast.get_docstring(ast.parse(path.read_text("utf-8"))), f"{path.relative_to(ROOT)} has no docstring"


def _imported(path: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found += [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
    return found
