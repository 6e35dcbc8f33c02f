"""The one body on every wire, and how JSON comes in.

Success is ``{"ok": true, "data": …}``; failure ``{"ok": false, "error": {…}}``. Input is a
pydantic model; what is wrong with it is told per field, in the reader's language.
"""

import dataclasses
from datetime import datetime
from enum import Enum
from typing import Any, TypeVar

from flask import Response, g, jsonify, request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ValidationError

from resource_hub.kernel.errors import N_, HubError, Invalid

Body = TypeVar("Body", bound=BaseModel)

_WORDS = {
    "missing": _l("这一项需要填写。"),
    "string_too_short": _l("这一项需要填写。"),
    "too_short": _l("至少需要一项。"),
    "string_too_long": _l("太长了，最多 %(max_length)s 个字。"),
    "too_long": _l("太多了，最多 %(max_length)s 项。"),
    "greater_than": _l("要大于 %(gt)s。"),
    "greater_than_equal": _l("不能小于 %(ge)s。"),
    "less_than_equal": _l("不能大于 %(le)s。"),
    "enum": _l("请从给出的选项中选一个：%(expected)s。"),
    "literal_error": _l("请从给出的选项中选一个：%(expected)s。"),
    "int_parsing": _l("这里要填一个整数。"),
    "int_type": _l("这里要填一个整数。"),
    "extra_forbidden": _l("没有这一项。"),
    "json_invalid": _l("内容不是有效的 JSON。"),
}


def reply(data: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return ``data`` (models and dataclasses included) as a successful reply."""
    response = jsonify({"ok": True, "data": plain(data)})
    response.status_code = status
    response.headers.update(headers or {})
    return response


def error_reply(error: HubError) -> Response:
    """Return the failure body of the contract, in the reader's language."""
    response = jsonify({"ok": False, "error": describe(error)})
    response.status_code = error.status
    if error.retry_after:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def describe(error: HubError) -> dict[str, Any]:
    """Return what a person is told of ``error``."""
    params = dict(error.params)
    return {
        "code": error.code,
        "message": gettext(error.message, **params),
        "fields": {name: gettext(text, **params) for name, text in error.fields.items()},
        "request_id": g.get("request_id", ""),
        "retry_after": error.retry_after,
    }


def body(model: type[Body]) -> Body:
    """Return the request's JSON (or form) as ``model``; raises Invalid naming each wrong field."""
    if request.mimetype == "application/json":
        given = request.get_json(silent=True)
        if not isinstance(given, dict):
            raise Invalid(N_("内容不是有效的 JSON。"), code="invalid_json")
    else:
        given = {key: values if len(values) > 1 else values[0] for key, values in request.form.lists()}
        given.pop("csrf_token", None)
    return parse(model, given)


def query(model: type[Body], *, repeated: frozenset[str] = frozenset()) -> Body:
    """Return the query string as ``model``; names in ``repeated`` become lists."""
    given: dict[str, Any] = {}
    for key, values in request.args.lists():
        given[key] = values if key in repeated else values[-1]
    return parse(model, given)


def parse(model: type[Body], given: dict[str, Any]) -> Body:
    """Return ``given`` as ``model``; raises Invalid naming each wrong field.

    A model whose values lie deep says where in words: its ``place_of(loc)`` returns path and words.
    """
    place_of = getattr(model, "place_of", lambda loc: (_place(loc), ""))
    try:
        return model.model_validate(given)
    except ValidationError as error:
        found: dict[str, str] = {}
        for item in error.errors():
            path, words = place_of(item["loc"])
            found.setdefault(path or _place(item["loc"]), words + _sentence(item))
        raise Invalid(fields=found) from error


def plain(data: object) -> Any:  # noqa: PLR0911 -- one line per shape
    """Return ``data`` as what JSON knows."""
    if isinstance(data, BaseModel):
        return data.model_dump(mode="json")
    if dataclasses.is_dataclass(data) and not isinstance(data, type):
        return {f.name: plain(getattr(data, f.name)) for f in dataclasses.fields(data)}
    if isinstance(data, dict):
        return {str(key): plain(value) for key, value in data.items()}
    if isinstance(data, (list, tuple, set, frozenset)):
        return [plain(value) for value in data]
    if isinstance(data, Enum):
        return data.value
    if isinstance(data, datetime):
        return data.isoformat()
    return data


def _place(loc: Any) -> str:
    return ".".join(str(part) for part in loc) or "body"


def _sentence(item: Any) -> str:
    words = _WORDS.get(item["type"])
    if words is None:
        return gettext("这一项的格式不对。")
    return str(words) % (item.get("ctx") or {})
