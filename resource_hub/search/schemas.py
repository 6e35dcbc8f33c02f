"""What comes in and goes out of search over HTTP."""

from pydantic import BaseModel, ConfigDict, Field

MOST_HITS = 50
MOST_VALUES = 50

Values = list[str]


class SearchQuery(BaseModel):
    """The query string; each filter may be repeated, its values mean "or"."""

    model_config = ConfigDict(extra="ignore")

    q: str = ""
    limit: int = Field(20, ge=1, le=MOST_HITS)
    cursor: str = ""
    sort: str = Field("", pattern="^(|relevance|newest)$")
    kind: Values = Field(default=[], max_length=MOST_VALUES)
    stage: Values = Field(default=[], max_length=MOST_VALUES)
    subject: Values = Field(default=[], max_length=MOST_VALUES)
    grade: Values = Field(default=[], max_length=MOST_VALUES)
    volume: Values = Field(default=[], max_length=MOST_VALUES)
    edition: Values = Field(default=[], max_length=MOST_VALUES)
    node: Values = Field(default=[], max_length=MOST_VALUES)
    school: Values = Field(default=[], max_length=MOST_VALUES)
    community: Values = Field(default=[], max_length=MOST_VALUES)
    licence: Values = Field(default=[], max_length=MOST_VALUES)
    review: Values = Field(default=[], max_length=MOST_VALUES)
    village_fit: Values = Field(default=[], max_length=MOST_VALUES)
    without: Values = Field(default=[], max_length=MOST_VALUES)
    """Facets whose recognised words are to stay plain words: they don't narrow."""
    verbatim: bool = False
    """Whether words are taken as typed: no pinyin, no spelling."""
    explain: bool = False
    """Whether each hit tells what its score is made of; for who may weigh the ranking."""


class SuggestionsQuery(BaseModel):
    q: str = ""


class SynonymsForm(BaseModel):
    groups: str = Field("", max_length=40_000)


class WeightsForm(BaseModel):
    edition: float
    subject: float
    grade: float
    community: float


class SavedSearchIn(BaseModel):
    """A search to keep; ``filters`` maps facets to values."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field("", max_length=200)
    q: str = Field("", max_length=400)
    filters: dict[str, list[str]] = Field(default={}, max_length=20)


class MomentOut(BaseModel):
    file_id: str | None = None
    page: int | None = None
    at_s: float | None = None
    anchor: str | None = None


class PlaceOut(BaseModel):
    text: str
    marks: list[tuple[int, int]]
    moment: MomentOut
    picture: str | None = None
    """A small picture of the page, or of the screen at that second; signed, for one hour."""
    boxes: list[tuple[int, int, int, int]] = []
    """Where the words stand on it: x, y, width and height in thousandths."""


class HitOut(BaseModel):
    id: str
    ref_kind: str
    kind: str | None
    title: str
    title_html: str
    path: str
    snippet: str
    marks: list[tuple[int, int]]
    """Spans of the snippet that hold the words, in characters."""
    snippet_html: str
    """The snippet escaped, the words in <mark>."""
    score: float
    moment: MomentOut | None = None
    moments: list[PlaceOut] = []
    """Up to three pages or seconds that hold the words, the best first."""
    why: dict[str, float] = {}


class FacetValueOut(BaseModel):
    value: str
    label: str
    count: int


class UnderstoodOut(BaseModel):
    facet: str
    name: str
    text: str
    narrows: bool = False
    """Whether only hits of this value are given; ``without=<facet>`` lets go of it."""


class RewriteOut(BaseModel):
    typed: str
    words: str


class SearchOut(BaseModel):
    hits: list[HitOut]
    total: int
    facets: dict[str, list[FacetValueOut]]
    took_ms: float
    cursor: str | None
    understood: list[UnderstoodOut]
    rewrites: list[RewriteOut] = []
    instead: str = ""
    """What was searched since the words as typed found nothing."""
    hint: str = ""
    """What may have been meant."""


class SuggestionOut(BaseModel):
    text: str
    source: str
    """``own`` a query of one's own, ``title`` of something, ``unit`` of the curriculum."""


class SuggestionsOut(BaseModel):
    suggestions: list[SuggestionOut]


class SavedSearchOut(BaseModel):
    id: str
    name: str
    url: str
