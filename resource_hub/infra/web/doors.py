"""Doors: every route declares who may enter and gets its unit of work here.

``@requires("library.read")`` or ``@public`` stand directly above a view; without one the
route answers 403 and the house test fails. A GET runs in a reading unit, anything else in a
writing one; ``unit=False`` leaves units to a view that moves bytes between its transactions.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, overload

from flask import Flask, current_app, g, request

from resource_hub.infra import unit as units
from resource_hub.infra.features import hub
from resource_hub.kernel.errors import NotAllowed, NotSignedIn
from resource_hub.kernel.viewer import Viewer

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = "public"
READING = frozenset({"GET", "HEAD", "OPTIONS"})


def requires(permission: str, *, unit: bool = True) -> Callable[[View], View]:
    """Admit viewers that hold ``permission``, declared by some feature; 401 or 403 otherwise."""

    def declare(view: View) -> View:
        return _door(view, permission, unit=unit)

    return declare


@overload
def public(view: View) -> View: ...
@overload
def public(*, unit: bool = True, foreign_forms: bool = False) -> Callable[[View], View]: ...
def public(view: View | None = None, *, unit: bool = True, foreign_forms: bool = False) -> View | Callable[[View], View]:
    """Admit everyone, signed in or not.

    ``foreign_forms`` are for protocols whose other side posts a form: such a view must do nothing in
    the name of whoever is signed in.
    """
    if view is None:
        return lambda inner: _door(inner, PUBLIC, unit=unit, foreign_forms=foreign_forms)
    return _door(view, PUBLIC, unit=unit)


def viewer() -> Viewer:
    """Return who is asking; raises NotSignedIn when nobody is."""
    found = maybe_viewer()
    if found is None:
        raise NotSignedIn
    return found


def maybe_viewer() -> Viewer | None:
    """Return who is asking, or ``None``; asked of the session once per request."""
    if "viewer" not in g:
        g.viewer = hub().identify(request)
    found: Viewer | None = g.viewer
    return found


def init_doors(app: Flask) -> None:
    """Refuse every route that declares nothing."""

    @app.before_request
    def deny_undeclared() -> None:
        endpoint = request.endpoint
        if endpoint is None:
            return
        if not hasattr(current_app.view_functions[endpoint], "permission"):
            raise NotAllowed


def takes_foreign_forms() -> bool:
    """Return whether the view of this request takes forms that are not ours."""
    return bool(getattr(current_app.view_functions.get(request.endpoint or ""), "foreign_forms", False))


def _door(view: View, permission: str, *, unit: bool, foreign_forms: bool = False) -> View:
    @wraps(view)
    def enter(*args: object, **kwargs: object) -> object:
        if permission != PUBLIC and not hub().permissions[permission].admits(viewer()):
            raise NotAllowed
        maybe_viewer()
        if not unit:
            return view(*args, **kwargs)
        with units.read() if request.method in READING else units.write():
            return view(*args, **kwargs)

    enter.foreign_forms = foreign_forms  # type: ignore[attr-defined]  # read by csrf
    enter.permission = permission  # type: ignore[attr-defined]  # read by deny_undeclared and the matrix
    return enter  # type: ignore[return-value]  # wraps keeps the signature
