"""What the curriculum says to and hears from programs."""

from pydantic import BaseModel, ConfigDict, Field


class NodesQuery(BaseModel):
    """``q`` searches; else ``parent`` opens one node; with neither the stages are given."""

    model_config = ConfigDict(extra="forbid")

    parent: str | None = Field(default=None, max_length=30)
    q: str | None = Field(default=None, max_length=100)


class NodeOut(BaseModel):
    id: str
    title: str
    path: str
    kind: str
    """stage, subject, edition, volume, unit, topic or period."""
    grade: str
    has_children: bool


class NodesOut(BaseModel):
    nodes: list[NodeOut]


class NodeWithPath(BaseModel):
    """One node, and the nodes above it from the root, for a picker that opens at its place."""

    node: NodeOut
    path: list[NodeOut]
