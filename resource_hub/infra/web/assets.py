"""Scripts, styles and pictures as the front-end build left them, by name instead of by hash.

Kept apart from templates so that no page writes an address of ``static/`` by hand: a missing or
outdated build is found once, at start, and told with the command to run. Pages carry no inline
script or style; what an island needs travels as JSON in one attribute.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from flask_babel import gettext as _
from markupsafe import Markup

STATIC_URL = "/static/"
BUILD_COMMAND = "make assets"

_PACKAGE = Path(__file__).resolve().parents[2]
_PLACES = (_PACKAGE / "dist", _PACKAGE.parent / "static" / "dist")
"""In the wheel the build lies in the package; in a checkout, beside it."""


class AssetsMissing(RuntimeError):
    """The front end was not built; the message says how to build it."""


@dataclass(frozen=True, slots=True)
class Assets:
    """The build's manifest. ``dist`` is the folder that the gateway serves as ``/static/``."""

    dist: Path
    manifest: Mapping[str, Mapping[str, Any]]

    @classmethod
    def read(cls, dist: Path) -> "Assets":
        """Return the build in ``dist``; raises AssetsMissing when there is none."""
        path = dist / "manifest.json"
        if not path.is_file():
            message = f"The pages' scripts and styles are not built ({path} is missing). Run: {BUILD_COMMAND}"
            raise AssetsMissing(message)
        return cls(dist, json.loads(path.read_text("utf-8")))

    def url(self, path: str) -> str:
        """Return the address of a built file, e.g. ``img/icons.svg``."""
        return STATIC_URL + str(self._chunk(path)["file"])

    def entry(self, name: str) -> Markup:
        """Return the tags that load an entry or island: styles, imports ahead of time, module."""
        key = self._key(name)
        lines = [Markup('<link rel="stylesheet" href="{}">').format(STATIC_URL + css) for css in self._styles(key)]
        lines += [Markup('<link rel="modulepreload" href="{}">').format(STATIC_URL + js) for js in self._imports(key)]
        lines.append(Markup('<script type="module" src="{}"></script>').format(STATIC_URL + str(self._chunk(key)["file"])))
        return Markup("\n").join(lines)

    def files(self, name: str) -> list[str]:
        """Return the addresses of all that an entry or island loads at once, itself last."""
        key = self._key(name)
        return [STATIC_URL + path for path in (*self._styles(key), *self._imports(key), str(self._chunk(key)["file"]))]

    def island(
        self,
        name: str,
        props: Mapping[str, object] | None = None,
        css_class: str = "",
        *,
        caller: Callable[[], Markup] | None = None,
    ) -> Markup:
        """Return the place of an island with its props and its script.

        ``{% call island("name", {...}) %}…{% endcall %}`` gives what stands there until the script
        has come: a skeleton of the final size, so that nothing shifts.
        """
        waiting = Markup('<div data-placeholder aria-hidden="true">{}</div>').format(caller()) if caller else Markup("")
        place = Markup('<div class="{}" data-island="{}" data-props="{}">{}</div>').format(
            css_class, name, json.dumps(props or {}, ensure_ascii=False, separators=(",", ":")), waiting
        )
        without = Markup('<noscript><p class="note note-warn">{}</p></noscript>').format(
            _("这部分需要浏览器允许运行脚本。请在浏览器设置中打开脚本（JavaScript），再刷新页面。")
        )
        return place + without + self.entry(name)

    def _key(self, name: str) -> str:
        for key in (f"src/entries/{name}.ts", f"src/islands/{name}/index.tsx", f"src/islands/{name}/index.ts"):
            if key in self.manifest:
                return key
        message = f"No entry or island named {name!r} in the front-end build. Run: {BUILD_COMMAND}"
        raise AssetsMissing(message)

    def _chunk(self, key: str) -> Mapping[str, Any]:
        try:
            return self.manifest[key]
        except KeyError:
            message = f"{key} is not in the front-end build. Run: {BUILD_COMMAND}"
            raise AssetsMissing(message) from None

    def _walk(self, key: str, seen: set[str]) -> Iterator[str]:
        if key in seen:
            return
        seen.add(key)
        for imported in self._chunk(key).get("imports", ()):
            yield from self._walk(imported, seen)
        yield key

    def _imports(self, key: str) -> list[str]:
        return [str(self._chunk(k)["file"]) for k in self._walk(key, set()) if k != key]

    def _styles(self, key: str) -> list[str]:
        found = [str(css) for k in self._walk(key, set()) for css in self._chunk(k).get("css", ())]
        return list(dict.fromkeys(found))


def find_dist() -> Path:
    """Return the folder of the build: inside the installed package, else in the checkout."""
    return next((place for place in _PLACES if (place / "manifest.json").is_file()), _PLACES[-1])


def init_assets(app: Flask) -> None:
    """Give templates ``asset``, ``asset_url`` and ``island``; raises AssetsMissing without a build."""
    assets = Assets.read(find_dist())
    app.extensions["assets"] = assets
    app.jinja_env.globals.update(asset=assets.entry, asset_url=assets.url, island=assets.island)
