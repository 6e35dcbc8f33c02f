"""New works as an Atom feed: metadata and the address of the page, which asks for the sign-in."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from lxml import etree

from resource_hub.infra.features import hub
from resource_hub.library.schemas import KIND_LABELS
from resource_hub.openings.lom import rights_of
from resource_hub.openings.works import Work
from resource_hub.openings.xml import sub, text_of

ATOM = "http://www.w3.org/2005/Atom"


def atom(works: Sequence[Work], now: datetime) -> bytes:
    """Return the works as a feed, in their order."""
    origin = hub().settings.origin
    feed = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})  # type: ignore[dict-item]  # the stubs forget the default namespace
    sub(feed, "id", f"{origin}/feeds/new.atom")
    sub(feed, "title", _("城乡同课 · 新发布的资源"))
    sub(feed, "updated", text_of(max((work.updated_at for work in works), default=now)))
    sub(feed, "link", rel="alternate", href=f"{origin}/")
    for work in works:
        _entry(feed, work)
    return etree.tostring(feed, xml_declaration=True, encoding="UTF-8")


def _entry(feed: etree._Element, work: Work) -> None:
    entry = sub(feed, "entry")
    sub(entry, "id", work.address)
    sub(entry, "title", work.title)
    sub(entry, "updated", text_of(work.updated_at))
    sub(entry, "published", text_of(work.published_at or work.created_at))
    sub(entry, "link", rel="alternate", href=work.address)
    sub(sub(entry, "author"), "name", work.author)
    sub(entry, "category", term=work.kind.value, label=_(KIND_LABELS[work.kind]))
    if work.place:
        sub(entry, "category", term=work.subject or work.place.subject, label=work.place.path)
    sub(entry, "summary", work.summary or (work.place.path if work.place else work.title))
    sub(entry, "rights", rights_of(work.licence))
