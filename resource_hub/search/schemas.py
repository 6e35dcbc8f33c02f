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


class MomentOut(BaseModel):
    file_id: str | None = None
    page: int | None = None
    at_s: float | None = None


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


class FacetValueOut(BaseModel):
    value: str
    label: str
    count: int


class UnderstoodOut(BaseModel):
    facet: str
    name: str
    text: str


class SearchOut(BaseModel):
    hits: list[HitOut]
    total: int
    facets: dict[str, list[FacetValueOut]]
    took_ms: float
    cursor: str | None
    understood: list[UnderstoodOut]
