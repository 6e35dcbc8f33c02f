"""``GET /api/v1/openapi.json``: the API described from what the code itself declares.

Paths, permissions and the first sentence of each docstring are read from the routes; the shapes
of input and answer stand in ``@described`` between ``@requires`` and the view. Rule: nothing is
written twice, so a description cannot drift from its view.
"""

import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, Response, current_app, jsonify
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema
from werkzeug.routing import Rule

from resource_hub import __version__
from resource_hub.infra.features import hub
from resource_hub.infra.web.csrf import SESSION_COOKIE
from resource_hub.infra.web.doors import PUBLIC, public

View = TypeVar("View", bound=Callable[..., Any])
Model = type[BaseModel]

_REF = "#/components/schemas/{model}"
_PLACE = re.compile(r"<(?:[a-z_]+(?:\([^)]*\))?:)?([a-z_]+)>")
_UNSEEN = frozenset({"HEAD", "OPTIONS"})
_MULTIPART = "multipart/form-data"
_JSON = "application/json"
_FAILED = {"$ref": "#/components/responses/Error"}


@dataclass(frozen=True, slots=True)
class Description:
    body: Model | None
    query: Model | None
    gives: Model | None
    status: int
    file: str


def described(
    *, body: Model | None = None, query: Model | None = None, gives: Model | None = None, status: int = 200, file: str = ""
) -> Callable[[View], View]:
    """Declare what a view takes (JSON body, query string, or a form with one ``file``) and gives as ``data``."""

    def declare(view: View) -> View:
        view.described = Description(body, query, gives, status, file)  # type: ignore[attr-defined]  # read by ``document``
        return view

    return declare


class _Shapes:
    """JSON schemas of all models at once, so that two of the same name get names that differ."""

    def __init__(self, found: Sequence[Description]) -> None:
        wanted: set[tuple[Model, JsonSchemaMode]] = {(model, "validation") for d in found for model in (d.body, d.query) if model}
        wanted |= {(d.gives, "serialization") for d in found if d.gives}
        in_order = sorted(wanted, key=lambda pair: (pair[0].__name__, pair[0].__module__, pair[1]))
        self._refs, definitions = models_json_schema(in_order, ref_template=_REF)
        self.schemas: dict[str, Any] = definitions.get("$defs", {})

    def taken(self, model: Model) -> dict[str, Any]:
        return self._refs[model, "validation"]

    def given(self, model: Model) -> dict[str, Any]:
        return self._refs[model, "serialization"]

    def fields(self, model: Model) -> dict[str, Any]:
        """Return the whole schema of a query string's model."""
        found: dict[str, Any] = self.schemas[self.taken(model)["$ref"].rpartition("/")[2]]
        return found


def init_openapi(app: Flask) -> None:
    """Mount the address."""

    @app.get("/api/v1/openapi.json")
    @public(unit=False)
    def openapi_json() -> Response:
        """Describe this API in OpenAPI 3.1."""
        response = jsonify(document(current_app))
        response.headers["Cache-Control"] = "no-cache"
        response.add_etag()
        return response


def document(app: Flask) -> dict[str, Any]:
    """Return the OpenAPI 3.1 description of every route under ``/api/v1``."""
    routes = sorted(_routes(app), key=lambda route: (route[0].rule, route[1]))
    shapes = _Shapes([_description(view) for _rule, _method, view in routes])
    paths: dict[str, dict[str, Any]] = {}
    for rule, method, view in routes:
        paths.setdefault(_PLACE.sub(r"{\1}", rule.rule), {})[method.lower()] = _operation(rule, method, view, shapes)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Resource Hub",
            "version": __version__,
            "description": "Every answer is {ok, data} or {ok, error}; an error's message says what to do.",
        },
        "servers": [{"url": hub().settings.origin}],
        "paths": paths,
        "components": {
            "schemas": shapes.schemas,
            "responses": {"Error": {"description": "Refused or failed.", "content": {_JSON: {"schema": _ERROR}}}},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "A token from POST /api/v1/tokens."},
                "session": {"type": "apiKey", "in": "cookie", "name": SESSION_COOKIE},
            },
        },
        "security": [{"bearer": []}, {"session": []}],
    }


def _routes(app: Flask) -> Iterator[tuple[Rule, str, Callable[..., Any]]]:
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/v1/"):
            for method in (rule.methods or set()) - _UNSEEN:
                yield rule, method, app.view_functions[rule.endpoint]


def _description(view: Callable[..., Any]) -> Description:
    found: Description = getattr(view, "described", None) or Description(None, None, None, 200, "")
    return found


def _operation(rule: Rule, method: str, view: Callable[..., Any], shapes: _Shapes) -> dict[str, Any]:
    found = _description(view)
    permission = getattr(view, "permission", "")
    told = inspect.getdoc(view) or ""
    operation: dict[str, Any] = {
        "operationId": f"{rule.endpoint.replace('.', '_')}_{method.lower()}",
        "summary": told.split("\n\n")[0].replace("\n", " ").rstrip("."),
        "tags": [rule.endpoint.split(".")[0].removesuffix("_api")],
        "parameters": [*_path_parameters(rule), *_query_parameters(found.query, shapes)],
        "responses": {str(found.status): _success(shapes.given(found.gives) if found.gives else {}), "default": _FAILED},
    }
    if found.body is not None:
        operation["requestBody"] = {"required": True, "content": {_JSON: {"schema": shapes.taken(found.body)}}}
    if found.file:
        form = {"type": "object", "required": [found.file], "properties": {found.file: {"type": "string", "format": "binary"}}}
        operation["requestBody"] = {"required": True, "content": {_MULTIPART: {"schema": form}}}
    if permission == PUBLIC:
        operation["security"] = []
    else:
        operation["x-permission"] = permission
    return operation


def _path_parameters(rule: Rule) -> list[dict[str, Any]]:
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in _PLACE.findall(rule.rule)]


def _query_parameters(model: Model | None, shapes: _Shapes) -> list[dict[str, Any]]:
    if model is None:
        return []
    shape = shapes.fields(model)
    needed = set(shape.get("required", ()))
    return [
        {"name": name, "in": "query", "required": name in needed, "schema": schema} for name, schema in shape.get("properties", {}).items()
    ]


def _success(data: dict[str, Any]) -> dict[str, Any]:
    body = {"type": "object", "required": ["ok", "data"], "properties": {"ok": {"const": True}, "data": data}}
    return {"description": "Done.", "content": {_JSON: {"schema": body}}}


_ERROR: dict[str, Any] = {
    "type": "object",
    "required": ["ok", "error"],
    "properties": {
        "ok": {"const": False},
        "error": {
            "type": "object",
            "required": ["code", "message", "fields", "request_id", "retry_after"],
            "properties": {
                "code": {"type": "string", "description": "Stable name of the error; docs/errors.md lists them."},
                "message": {"type": "string", "description": "A sentence a person can act on, in the reader's language."},
                "fields": {"type": "object", "additionalProperties": {"type": "string"}},
                "request_id": {"type": "string"},
                "retry_after": {"type": ["integer", "null"], "description": "Seconds to wait before trying again."},
            },
        },
    },
}
