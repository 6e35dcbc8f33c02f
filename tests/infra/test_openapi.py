"""The description of the API says what the routes say."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from resource_hub.infra.web.doors import PUBLIC

pytestmark = pytest.mark.slow


@pytest.fixture
def described(client: FlaskClient) -> dict[str, Any]:
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


def _operations(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _all_of(node: Any) -> Iterator[Any]:
    yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _all_of(child)


def test_every_route_of_the_api_is_described_in_words(app: Flask, described: dict[str, Any]) -> None:
    routes = {
        (re.sub(r"<([a-z_]+)>", r"{\1}", rule.rule), method.lower(), app.view_functions[rule.endpoint].permission)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    told = {
        (path, method, operation.get("x-permission", PUBLIC if operation.get("security") == [] else None))
        for path, method, operation in _operations(described)
    }
    assert told == routes
    assert [path for path, _method, operation in _operations(described) if not operation["summary"]] == []


def test_every_reference_and_path_parameter_has_its_meaning(described: dict[str, Any]) -> None:
    for node in _all_of(described):
        if isinstance(node, dict) and "$ref" in node:
            target: Any = described
            for step in node["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            assert target
    for path, _method, operation in _operations(described):
        named = [p["name"] for p in operation["parameters"] if p["in"] == "path"]
        assert named == re.findall(r"{([a-z_]+)}", path)
    names = [operation["operationId"] for _path, _method, operation in _operations(described)]
    assert len(names) == len(set(names))


def test_the_contract_stands_in_the_description(described: dict[str, Any]) -> None:
    assert described["openapi"] == "3.1.0"
    assert described["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    start = described["paths"]["/api/v1/uploads"]["post"]
    shape = start["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    assert {"filename", "size"} <= set(described["components"]["schemas"][shape]["required"])
    assert "201" in start["responses"]
    refused = described["components"]["responses"]["Error"]["content"]["application/json"]["schema"]["properties"]["error"]
    assert refused["required"] == ["code", "message", "fields", "request_id", "retry_after"]
    search = described["paths"]["/api/v1/search"]["get"]
    assert {"q", "limit", "kind", "village_fit"} <= {p["name"] for p in search["parameters"]}
