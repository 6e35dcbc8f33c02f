"""Tables of the curriculum: the tree, what the district uses, old to new, core literacies."""

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from resource_hub.curriculum.rules import NodeKind, Relation
from resource_hub.infra.db import Model, text_enum


class CurriculumNode(Model):
    """One place in the tree; ``trail`` holds the ids from the root to itself, each closed by ``/``."""

    __tablename__ = "curriculum_node"
    __table_args__ = (Index("ix_curriculum_node_kind_grade", "kind", "grade"),)

    id: Mapped[str] = mapped_column(String(30), primary_key=True)
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("curriculum_node.id"), index=True)
    kind: Mapped[NodeKind] = mapped_column(text_enum(NodeKind))
    title: Mapped[str] = mapped_column(String(200))
    position: Mapped[int]
    code: Mapped[str] = mapped_column(String(16), default="")
    grade: Mapped[str] = mapped_column(String(4), default="")
    edition_year: Mapped[int | None]
    publisher: Mapped[str] = mapped_column(String(120), default="")
    path_text: Mapped[str] = mapped_column(String(800))
    trail: Mapped[str] = mapped_column(String(240))


class DistrictEdition(Model):
    """The edition a subject uses in one school year; a row with a grade outweighs one without."""

    __tablename__ = "district_edition"

    school_year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    stage: Mapped[str] = mapped_column(String(32), primary_key=True)
    subject: Mapped[str] = mapped_column(String(64), primary_key=True)
    grade: Mapped[str] = mapped_column(String(4), primary_key=True, default="")
    edition_id: Mapped[str] = mapped_column(ForeignKey("curriculum_node.id"), index=True)


class UnitMapping(Model):
    """Where the matter of an old unit stands in the new book."""

    __tablename__ = "unit_mapping"

    old_id: Mapped[str] = mapped_column(ForeignKey("curriculum_node.id"), primary_key=True)
    new_id: Mapped[str] = mapped_column(ForeignKey("curriculum_node.id"), primary_key=True, index=True)
    relation: Mapped[Relation] = mapped_column(text_enum(Relation))
    note: Mapped[str] = mapped_column(String(200), default="")


class Literacy(Model):
    """A core literacy of a subject; an empty stage means all stages."""

    __tablename__ = "literacy"

    subject: Mapped[str] = mapped_column(String(64), primary_key=True)
    stage: Mapped[str] = mapped_column(String(32), primary_key=True, default="")
    title: Mapped[str] = mapped_column(String(64), primary_key=True)
    position: Mapped[int]
