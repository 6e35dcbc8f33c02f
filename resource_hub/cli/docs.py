"""``resource-hub docs``: write the pages of docs/ that are made from the code.

A test compares them with the code, so that they never drift.
"""

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click

import resource_hub
from resource_hub.cli.protocol import protocol_page
from resource_hub.infra.web.doors import PUBLIC
from resource_hub.kernel import errors
from resource_hub.kernel.settings import Settings
from resource_hub.kernel.viewer import Role

DOCS = Path(__file__).parents[2] / "docs"
_RUN_ON_IMPORT = frozenset({"asgi", "__main__"})


@click.command("docs")
def command() -> None:
    """生成 docs/ 中由代码得出的页面。 / Write the generated pages of docs/."""
    for name, text in pages().items():
        (DOCS / name).write_text(text, "utf-8")
        click.echo(f"docs/{name}")


def pages() -> dict[str, str]:
    """Return each generated page by its file name."""
    return {
        "settings.md": settings_page(),
        "errors.md": errors_page(),
        "permissions.md": permissions_page(),
        "protocol.md": protocol_page(),
    }


def settings_page() -> str:
    """Return the table of settings."""
    rows = "\n".join(
        f"| `HUB_{f.name.upper()}` | {f'`{f.default}`' if f.default else '(empty)'} | {f.metadata['doc']} |" for f in fields(Settings)
    )
    head = "# Settings\n\nRead once at start; a wrong or unknown one stops the start with one sentence.\n\n"
    return f"{head}| name | default | meaning |\n|---|---|---|\n{rows}\n"


def errors_page() -> str:
    """Return the table of error codes with what they say."""
    rows = "\n".join(f"| `{e.code}` | {e.status} | `{e.__module__.removeprefix('resource_hub.')}` | {e.message} |" for e in _all_errors())
    return (
        "# Errors\n\nOne tree, one body on every wire: "
        '`{"ok": false, "error": {"code", "message", "fields", "request_id", "retry_after"}}`.\n\n'
        f"| code | HTTP | where | what people read |\n|---|---|---|---|\n{rows}\n"
    )


def permissions_page() -> str:
    """Return the matrix of roles against permissions, and the routes behind each permission."""
    from resource_hub.app import FEATURES

    permissions = [p for feature in FEATURES for p in feature.permissions]
    roles = list(Role)
    head = "| permission | " + " | ".join(f"`{r.value}`" for r in roles) + " |\n|---|" + "---|" * len(roles)
    matrix = "\n".join(
        f"| `{p.name}` {p.about} | "
        + " | ".join(_mark(r in p.roles or (not p.roles and (r is not Role.CLASS_TERMINAL or p.terminals))) for r in roles)
        + " |"
        for p in permissions
    )
    routes = "\n".join(f"| {method} | `{rule}` | {permission} |" for method, rule, permission in _routes())
    return (
        "# Who may do what\n\nA role holds in its scope only (school, community, subject, district); what a person may see of a single\n"
        "resource is decided by `library/rules.py` (`audience`).\n\n"
        f"{head}\n{matrix}\n\n## Routes\n\n| method | route | permission |\n|---|---|---|\n{routes}\n"
    )


def _mark(held: bool) -> str:  # noqa: FBT001 -- a cell is either
    return "●" if held else ""


def _routes() -> Iterator[tuple[str, str, str]]:
    """Yield every route of the blueprints, without building an application."""
    from flask import Flask

    from resource_hub.app import FEATURES

    bare = Flask(__name__, static_folder=None)
    for feature in FEATURES:
        for blueprint in feature.blueprints:
            bare.register_blueprint(blueprint)
    for rule in sorted(bare.url_map.iter_rules(), key=lambda r: r.rule):
        permission = getattr(bare.view_functions[rule.endpoint], "permission", "")
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, rule.rule, "public" if permission == PUBLIC else f"`{permission}`"


def _all_errors() -> list[type[errors.HubError]]:
    """Return every error of the package; all its modules are imported first, so that none is missed."""
    for module in pkgutil.walk_packages(resource_hub.__path__, "resource_hub."):
        if module.name.rpartition(".")[2] not in _RUN_ON_IMPORT:
            importlib.import_module(module.name)
    found: list[type[errors.HubError]] = []
    waiting = [errors.HubError]
    while waiting:
        error = waiting.pop(0)
        found.append(error)
        waiting += error.__subclasses__()
    ours = [e for e in found if e.__module__.startswith("resource_hub.")]
    return sorted(ours, key=lambda e: (e.status, e.code))
