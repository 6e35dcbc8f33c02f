"""Learning object metadata: a work as XML in the IEEE namespace, in the elements of GB/T 41469-2022 table 2.

Aligned with that table, not certified. Values that the national table fixes stand in Chinese under
its own name as their source; where the IEEE vocabulary has a word, it stands beside it.
"""

from datetime import datetime

from lxml import etree

from resource_hub.infra.features import hub
from resource_hub.kernel.errors import N_
from resource_hub.library.schemas import KIND_LABELS, LICENCE_LABELS, Audience, Kind, Licence
from resource_hub.openings.works import Work, address_of
from resource_hub.openings.xml import sub, text_of

LOM = "http://ltsc.ieee.org/xsd/LOM"
SCHEMA = "GB/T 41469-2022"

_IEEE = "LOMv1.0"
_GRADES = "GB/T 33782-2017"
_IEEE_KINDS = {
    Kind.SLIDES: "slide",
    Kind.EXERCISE: "exercise",
    Kind.TASK_SHEET: "exercise",
    Kind.MICRO_LESSON: "lecture",
    Kind.RECORDED_LESSON: "lecture",
    Kind.LESSON_TALK: "lecture",
    Kind.EXPERIMENT: "experiment",
    Kind.LESSON_PLAN: "narrative text",
    Kind.UNIT_PLAN: "narrative text",
    Kind.OBSERVATION_REPORT: "narrative text",
}
_FOR_TEACHERS, _FOR_PUPILS, _FOR_BOTH = N_("教师"), N_("学生"), N_("教师和学生")
_AUDIENCES = {Audience.TEACHER: _FOR_TEACHERS, Audience.CLASS_SCREEN: _FOR_BOTH, Audience.PUPIL_TASK: _FOR_PUPILS}
_USED_BY_PUPILS = frozenset({Kind.TASK_SHEET, Kind.EXERCISE, Kind.MICRO_LESSON})
_IEEE_ROLES = {_FOR_TEACHERS: ("teacher",), _FOR_PUPILS: ("learner",), _FOR_BOTH: ("teacher", "learner")}
_DIFFICULTIES = ("very easy", "easy", "medium", "difficult", "very difficult")
_RIGHTS_URL = {
    Licence.L4: "https://creativecommons.org/licenses/by-nc-sa/4.0/",
    Licence.L5: "https://creativecommons.org/licenses/by/4.0/",
}
_NEEDS = N_("需要浏览器，登录后查看；谷歌浏览器 87 及以上，或同代的其他浏览器。")


def lom_of(work: Work) -> etree._Element:
    """Return the ``lom`` element of a work."""
    root = etree.Element(f"{{{LOM}}}lom", nsmap={None: LOM})  # type: ignore[dict-item]  # the stubs forget the default namespace
    _general(root, work)
    _life_cycle(root, work)
    _meta_metadata(root, work)
    _technical(root, work)
    _educational(root, work)
    _rights(root, work)
    _relations(root, work)
    _classification(root, work)
    return root


def lom_document(work: Work) -> bytes:
    """Return the metadata of a work as a document of its own."""
    return etree.tostring(lom_of(work), xml_declaration=True, encoding="UTF-8", pretty_print=True)


def rights_of(licence: Licence) -> str:
    """Return the address of a public licence, else what the licence of the district is called."""
    return _RIGHTS_URL.get(licence, f"{licence.value} {LICENCE_LABELS[licence]}")


def audience_of(work: Work) -> str:
    """Return whom the work is for, in the words of the national table."""
    if work.audience is not None:
        return _AUDIENCES[work.audience]
    return _FOR_BOTH if work.kind in _USED_BY_PUPILS else _FOR_TEACHERS


def _general(root: etree._Element, work: Work) -> None:
    general = sub(root, "general")
    _identifier(general, "URI", work.address)
    _strings(general, "title", work.title)
    sub(general, "language", "zh")
    # Both are mandatory in the table; a work that came without them says its place or its kind.
    _strings(general, "description", (work.summary or (work.place.path if work.place else work.title))[:2000])
    for word in work.keywords or (KIND_LABELS[work.kind],):
        _strings(general, "keyword", word)


def _life_cycle(root: etree._Element, work: Work) -> None:
    life = sub(root, "lifeCycle")
    _strings(life, "version", str(work.version), language="x-none")
    _value(life, "status", "final")
    _contribution(life, "author", _vcard(work.author, work.school), work.created_at)
    if work.published_at:
        _contribution(life, "publisher", _vcard("", work.school), work.published_at)


def _meta_metadata(root: etree._Element, work: Work) -> None:
    meta = sub(root, "metaMetadata")
    _identifier(meta, "URI", f"{work.address}/lom.xml")
    _contribution(meta, "creator", _vcard(work.author, work.school), work.updated_at)
    sub(meta, "metadataSchema", _IEEE)
    sub(meta, "metadataSchema", SCHEMA)
    sub(meta, "language", "zh")


def _technical(root: etree._Element, work: Work) -> None:
    technical = sub(root, "technical")
    for media_type in dict.fromkeys(f.media_type for f in work.files) or ("text/html",):
        sub(technical, "format", media_type)
    sub(technical, "size", str(sum(f.size for f in work.files)))
    sub(technical, "location", work.address)
    _strings(technical, "otherPlatformRequirements", _NEEDS)
    seconds = round(sum(f.duration_s or 0 for f in work.files))
    if seconds:
        sub(sub(technical, "duration"), "duration", f"PT{seconds}S")


def _educational(root: etree._Element, work: Work) -> None:
    educational = sub(root, "educational")
    if work.kind in _IEEE_KINDS:
        _value(educational, "learningResourceType", _IEEE_KINDS[work.kind])
    _value(educational, "learningResourceType", KIND_LABELS[work.kind], SCHEMA)
    audience = audience_of(work)
    for role in _IEEE_ROLES[audience]:
        _value(educational, "intendedEndUserRole", role)
    _value(educational, "intendedEndUserRole", audience, SCHEMA)
    _value(educational, "context", "school")
    if work.place and work.place.grade:
        _value(educational, "context", work.place.grade, _GRADES)
        _strings(educational, "typicalAgeRange", " ".join(dict.fromkeys((work.place.stage, work.grade))))
    if work.difficulty:
        _value(educational, "difficulty", _DIFFICULTIES[min(max(work.difficulty, 1), 5) - 1])
    sub(educational, "language", "zh")


def _rights(root: etree._Element, work: Work) -> None:
    rights = sub(root, "rights")
    _value(rights, "cost", "no")
    _value(rights, "copyrightAndOtherRestrictions", "yes")
    _strings(rights, "description", "\n".join(filter(None, (rights_of(work.licence), work.third_party))))


def _relations(root: etree._Element, work: Work) -> None:
    _relation(root, "ispartof", "URI", hub().settings.origin, N_("城乡同课"))
    if work.place:
        _relation(root, "ispartof", "curriculum", work.place.node_id, work.place.path)
    if work.based_on:
        _relation(root, "isbasedon", "URI", address_of(work.based_on[0]), work.based_on[1])


def _classification(root: etree._Element, work: Work) -> None:
    if work.place is None:
        return
    place = work.place
    course = sub(root, "classification")
    _value(course, "purpose", "discipline")
    path = sub(course, "taxonPath")
    _strings(path, "source", _GRADES)
    _taxon(path, work.subject or "", place.subject)
    textbook = sub(root, "classification")
    _value(textbook, "purpose", "educational objective")
    path = sub(textbook, "taxonPath")
    _strings(path, "source", N_("教材目录"))
    for ident, name in zip(place.trail, place.path.split(" / "), strict=False):
        _taxon(path, ident, name)
    _strings(textbook, "description", place.path)


def _identifier(parent: etree._Element, catalog: str, entry: str) -> None:
    identifier = sub(parent, "identifier")
    sub(identifier, "catalog", catalog)
    sub(identifier, "entry", entry)


def _strings(parent: etree._Element, name: str, words: str, *, language: str = "zh") -> None:
    sub(sub(parent, name), "string", words).set("language", language)


def _value(parent: etree._Element, name: str, value: str, source: str = _IEEE) -> None:
    element = sub(parent, name)
    sub(element, "source", source)
    sub(element, "value", value)


def _contribution(parent: etree._Element, role: str, entity: str, at: datetime) -> None:
    contribution = sub(parent, "contribute")
    _value(contribution, "role", role)
    sub(contribution, "entity", entity)
    sub(sub(contribution, "date"), "dateTime", text_of(at))


def _relation(root: etree._Element, kind: str, catalog: str, entry: str, words: str) -> None:
    relation = sub(root, "relation")
    _value(relation, "kind", kind)
    resource = sub(relation, "resource")
    _identifier(resource, catalog, entry)
    _strings(resource, "description", words)


def _taxon(path: etree._Element, ident: str, entry: str) -> None:
    taxon = sub(path, "taxon")
    sub(taxon, "id", ident)
    _strings(taxon, "entry", entry)


def _vcard(name: str, school: str) -> str:
    """Return who contributed as LOM wants it; line breaks and separators inside a name would end its line."""
    lines = ["BEGIN:VCARD", "VERSION:3.0", f"FN:{_escaped(name or school)}", f"ORG:{_escaped(school)}", "END:VCARD"]
    return "\n".join(lines)


def _escaped(text: str) -> str:
    plain = " ".join(text.split())
    return plain.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
