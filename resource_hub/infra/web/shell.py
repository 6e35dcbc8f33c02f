"""What every page has around it: language, the person, the rail by role, words and dates.

Templates get ``viewer``, ``rail``, ``settings`` and the filters of this module; the pages
themselves belong to the features.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Flask, request
from flask_babel import format_date, get_locale
from flask_babel import gettext as _

from resource_hub.infra import unit as units
from resource_hub.infra.features import hub
from resource_hub.infra.web.doors import maybe_viewer
from resource_hub.kernel import clock
from resource_hub.kernel.errors import Unavailable
from resource_hub.kernel.viewer import Viewer

LOCALE_COOKIE = "hub_locale"
THEME_COOKIE = "hub_theme"
LOCALES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class RailItem:
    """One entry of the left rail; ``short`` stands in the bottom bar of phones."""

    label: str
    short: str
    url: str
    icon: str
    current: bool = False
    count: int = 0


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    school: str


@dataclass(frozen=True, slots=True)
class Shell:
    """What the frame of a page shows."""

    locale: str
    theme: str
    person: Person | None = None
    nav: tuple[RailItem, ...] = ()
    tabs: tuple[RailItem, ...] = ()
    inbox_url: str = ""
    inbox_count: int = 0
    query: str = ""
    records: tuple[str, ...] = ()
    complaint_url: str = "/complaints"


def init_shell(app: Flask) -> None:
    """Give templates what the page shell needs."""

    @app.context_processor
    def around() -> dict[str, Any]:
        person = _person()
        theme = request.cookies.get(THEME_COOKIE, "")
        return {
            "viewer": person,
            "settings": hub().settings,
            "shell": Shell(
                locale=str(get_locale()),
                theme=theme if theme in {"light", "dark"} else "auto",
                person=Person(person.name, person.school_name) if person else None,
                nav=tuple(rail(person, request.path)) if person else (),
                tabs=tuple(tabs(person, request.path)) if person else (),
                inbox_url="/inbox" if person and not person.is_terminal else "",
                inbox_count=_unseen(person) if person and not person.is_terminal else 0,
                query=request.args.get("q", "")[:200],
                records=tuple(r.strip() for r in hub().settings.records.split(";") if r.strip()),
            ),
        }

    app.jinja_env.filters.update(day=day, moment=moment, size=size, minutes=minutes)


def locale() -> str:
    """Return the language of this reader: chosen, then the browser's, then Chinese."""
    chosen = request.cookies.get(LOCALE_COOKIE, "") if request else ""
    if chosen in LOCALES:
        return chosen
    person = _person() if request else None
    if person is not None and person.locale in LOCALES:
        return person.locale
    return request.accept_languages.best_match(LOCALES, "zh") if request else "zh"


def _person() -> Viewer | None:
    """Return who is asking; ``None`` also when nobody can tell, so that an error page can show."""
    try:
        return maybe_viewer()
    except Unavailable:
        return None


def _unseen(person: Viewer) -> int:
    """Return how much is unseen; pages of errors stand outside any unit and ask no database."""
    return hub().count_unseen(person) if units.is_open() else 0


_MOST_ENTRIES = 7


def rail(person: Viewer, path: str) -> list[RailItem]:
    """Return at most seven entries, by right; the one that ``path`` belongs to is current."""
    rights = hub().permissions
    entries = [(_("今日"), _("今日"), "/", "home"), (_("找资源"), _("找"), "/search", "search")]
    entries.append((_("教材目录"), _("教材"), "/browse", "book"))
    if person.school_id and rights["library.share"].admits(person):
        entries += [(_("上传"), _("上传"), "/upload", "upload"), (_("我的资源"), _("我的"), "/resources/mine", "folder")]
    own = len(entries)
    if rights["library.review"].admits(person):
        entries.append((_("审核"), _("审核"), "/reviews", "review"))
    if hub().desks_of(person):
        entries.append((_("管理"), _("管理"), "/admin", "settings"))
    # Where duties fill the rail, the timetable is reached from the first page and from the desks, observation from the first page.
    if len(entries) < _MOST_ENTRIES and rights["timetable.read"].admits(person):
        entries.insert(own, (_("课表"), _("课表"), "/timetable", "today"))
        own += 1
    if len(entries) < _MOST_ENTRIES and rights["study.take_part"].admits(person):
        entries.insert(own, (_("教研"), _("教研"), "/study", "pen"))
    return [RailItem(*entry, current=_is_current(entry[2], path)) for entry in entries]


_IN_HAND = ("/", "/search", "/study", "/upload")


def tabs(person: Viewer, path: str) -> list[RailItem]:
    """Return the four entries of a phone: observing and photographing are done with one, whatever duties fill the rail."""
    found = {entry.url: entry for entry in rail(person, path)}
    if hub().permissions["study.take_part"].admits(person):
        found["/study"] = RailItem(_("教研"), _("教研"), "/study", "pen", current=_is_current("/study", path))
    order = [*_IN_HAND, *found]
    return [found[url] for url in dict.fromkeys(order) if url in found][:4]


_ELSEWHERE = {
    "/browse": ("/units/", "/collections", "/bookmarks"),
    "/resources/mine": ("/work",),
    "/study": ("/observe", "/plans"),
    "/admin": ("/consents", "/badges"),
}
"""Pages that belong to an entry though their addresses do not begin like it."""


def _is_current(url: str, path: str) -> bool:
    is_inside = url != "/" and path.startswith(f"{url}/")
    return path == url or is_inside or path.startswith(_ELSEWHERE.get(url, "//"))


def day(at: date | None) -> str:
    """Return a day, or a moment in the district's time zone, as 周二 · 11月24日; the year when it is another."""
    if at is None:
        return ""
    local = at.astimezone(hub().settings.zone).date() if isinstance(at, datetime) else at
    today = clock.now().astimezone(hub().settings.zone)
    # The pattern is Babel's, so each language has its own order and its own names.
    pattern = _("EEE · M月d日") if local.year == today.year else _("EEE · y年M月d日")
    return format_date(local, pattern)


def moment(at: datetime | None) -> str:
    """Return a moment: relative within a day, else the day and the time."""
    if at is None:
        return ""
    ago = int((clock.now() - at).total_seconds())
    if 0 <= ago < 60:
        return _("刚刚")
    if 0 <= ago < 3600:
        return _("%(n)s 分钟前", n=ago // 60)
    if 0 <= ago < 86400:
        return _("%(n)s 小时前", n=ago // 3600)
    return f"{day(at)} {at.astimezone(hub().settings.zone):%H:%M}"


def size(count: float) -> str:
    """Return bytes as people read them."""
    for unit in ("B", "KB", "MB"):
        if count < 1024:
            return f"{count:.0f} {unit}"
        count /= 1024
    return f"{count:.1f} GB"


def minutes(seconds: float | None) -> str:
    """Return a duration as minutes and seconds."""
    if not seconds:
        return ""
    whole = round(seconds)
    if whole < 60:
        return _("%(n)s 秒", n=whole)
    return _("%(n)s 分钟", n=round(whole / 60)) if whole % 60 == 0 or whole > 600 else f"{whole // 60}:{whole % 60:02d}"
