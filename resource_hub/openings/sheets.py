"""A list as a sheet: what a search shows its viewer, one row a resource."""

import csv
import io
from collections.abc import Sequence

from flask_babel import gettext as _

from resource_hub.infra.features import hub
from resource_hub.library.schemas import KIND_LABELS, LICENCE_LABELS
from resource_hub.openings.rules import cell
from resource_hub.openings.works import Work

MOST_ROWS = 2000


def sheet_of(works: Sequence[Work]) -> bytes:
    """Return the works as CSV that a spreadsheet opens without being told the encoding."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([_("编号"), _("标题"), _("类型"), _("课程位置"), _("学科"), _("年级"), _("作者"), _("学校"), _("授权方式"),
                     _("关键词"), _("简介"), _("发布日期"), _("网址")])  # fmt: skip
    for work in works:
        writer.writerow(cell(value) for value in _row(work))
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _row(work: Work) -> list[str]:
    place = work.place
    return [
        work.id, work.title, _(KIND_LABELS[work.kind]), place.path if place else "", place.subject if place else "", work.grade,
        work.author, work.school, _(LICENCE_LABELS[work.licence]), " ".join(work.keywords), work.summary,
        work.published_at.astimezone(hub().settings.zone).date().isoformat() if work.published_at else "", work.address,
    ]  # fmt: skip
