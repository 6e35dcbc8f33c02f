"""Tables of preparation and study.

A round keeps the plan's words and causes as they stood when it was bound: members of a cycle read those, whether or not
they were let into the plan, and a plan that its owner removes takes no evidence with it. ``plan_id`` has no foreign key
for that reason.
"""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from resource_hub.infra.db import Model, text_enum
from resource_hub.study.schemas import CycleState, Phase, PrepState, RoundState


class PrepTask(Model):
    """A task of joint preparation; ``shared_version`` is the version of its plan that became the shared one."""

    __tablename__ = "prep_task"
    __table_args__ = (sa.Index("ix_prep_task_meeting", "meeting_id"),)

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(100))
    subject: Mapped[str] = mapped_column(sa.String(32))
    node_id: Mapped[str | None] = mapped_column(sa.String(40))
    community_id: Mapped[str] = mapped_column(sa.ForeignKey("community.id"))
    lead_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"))
    plan_id: Mapped[str] = mapped_column(sa.String(40))
    state: Mapped[PrepState] = mapped_column(text_enum(PrepState))
    shared_version: Mapped[int | None]
    meeting_id: Mapped[str | None] = mapped_column(sa.ForeignKey("lesson.id", ondelete="SET NULL"))
    resource_id: Mapped[str | None] = mapped_column(sa.ForeignKey("resource.id", ondelete="SET NULL"))
    draft_due: Mapped[date | None]
    meeting_due: Mapped[date | None]
    shared_due: Mapped[date | None]
    taught_due: Mapped[date | None]
    reflection_due: Mapped[date | None]
    reminded_for: Mapped[date | None]
    """The last due day of which its people were reminded, so that nobody is told of one day twice."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class PrepMember(Model):
    """Somebody who prepares along; the lead too."""

    __tablename__ = "prep_member"

    task_id: Mapped[str] = mapped_column(sa.ForeignKey("prep_task.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"), primary_key=True, index=True)
    added_at: Mapped[datetime]


class PersonalEdition(Model):
    """A member's own plan from the shared one, how it was taught and what they think of it."""

    __tablename__ = "personal_edition"

    task_id: Mapped[str] = mapped_column(sa.ForeignKey("prep_task.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    plan_id: Mapped[str] = mapped_column(sa.String(40))
    situation: Mapped[str] = mapped_column(sa.Text)
    begun_at: Mapped[datetime]
    taught_on: Mapped[date | None]
    lesson_id: Mapped[str | None] = mapped_column(sa.ForeignKey("lesson.id", ondelete="SET NULL"))
    taught_note: Mapped[str] = mapped_column(sa.Text)
    worked: Mapped[str] = mapped_column(sa.Text)
    problem: Mapped[str] = mapped_column(sa.Text)
    evidence: Mapped[str] = mapped_column(sa.Text)
    next: Mapped[str] = mapped_column(sa.Text)
    reflected_at: Mapped[datetime | None]


class StudyCycle(Model):
    """A cycle of lesson study; ``report`` holds the words of its closing report by section."""

    __tablename__ = "study_cycle"

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    theme: Mapped[str] = mapped_column(sa.String(100))
    hypothesis: Mapped[str] = mapped_column(sa.Text)
    subject: Mapped[str] = mapped_column(sa.String(32))
    node_id: Mapped[str | None] = mapped_column(sa.String(40))
    community_id: Mapped[str] = mapped_column(sa.ForeignKey("community.id"))
    organiser_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"))
    lead_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"))
    state: Mapped[CycleState] = mapped_column(text_enum(CycleState))
    report: Mapped[dict[str, Any]]
    closed_at: Mapped[datetime | None]
    hours_at: Mapped[datetime | None]
    resource_id: Mapped[str | None] = mapped_column(sa.ForeignKey("resource.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class StudyMember(Model):
    """Somebody who takes part in a cycle; organiser and lead too."""

    __tablename__ = "study_member"

    cycle_id: Mapped[str] = mapped_column(sa.ForeignKey("study_cycle.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"), primary_key=True, index=True)
    added_at: Mapped[datetime]


class StudyRound(Model):
    """A round: the plan as it stood (``content``, ``causes``), who taught it and where, and how far the talk is."""

    __tablename__ = "study_round"
    __table_args__ = (sa.UniqueConstraint("cycle_id", "number"), sa.CheckConstraint("number BETWEEN 1 AND 3", name="number"))

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    cycle_id: Mapped[str] = mapped_column(sa.ForeignKey("study_cycle.id", ondelete="CASCADE"))
    number: Mapped[int]
    state: Mapped[RoundState] = mapped_column(text_enum(RoundState))
    plan_id: Mapped[str] = mapped_column(sa.String(40))
    plan_version: Mapped[int]
    plan_name: Mapped[str] = mapped_column(sa.String(80))
    content: Mapped[dict[str, Any]]
    causes: Mapped[list[Any]] = mapped_column(sa.JSON)
    teacher_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"))
    lesson_id: Mapped[str | None] = mapped_column(sa.ForeignKey("lesson.id", ondelete="SET NULL"))
    resource_id: Mapped[str | None] = mapped_column(sa.ForeignKey("resource.id", ondelete="SET NULL"))
    asset_id: Mapped[str | None] = mapped_column(sa.ForeignKey("asset.id", ondelete="SET NULL"))
    taught_on: Mapped[date | None]
    phase: Mapped[Phase | None] = mapped_column(text_enum(Phase))
    phase_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class RoundObserver(Model):
    """Who looks at what in a round."""

    __tablename__ = "round_observer"

    round_id: Mapped[str] = mapped_column(sa.ForeignKey("study_round.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    task: Mapped[str] = mapped_column(sa.String(200))


class DiscussionTurn(Model):
    """Something said in the talk after a lesson; ``observation_id`` is the evidence it stands on."""

    __tablename__ = "discussion_turn"
    __table_args__ = (sa.Index("ix_discussion_turn_round", "round_id", "at"),)

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    round_id: Mapped[str] = mapped_column(sa.ForeignKey("study_round.id", ondelete="CASCADE"))
    phase: Mapped[Phase] = mapped_column(text_enum(Phase))
    speaker_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"))
    by_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(sa.Text)
    observation_id: Mapped[str | None] = mapped_column(sa.ForeignKey("observation.id", ondelete="SET NULL"))
    at: Mapped[datetime]


class ChangeReason(Model):
    """A stage changes because of a turn of the talk; ``step_id`` is the stage's own id, which lasts from plan to plan."""

    __tablename__ = "change_reason"

    turn_id: Mapped[str] = mapped_column(sa.ForeignKey("discussion_turn.id", ondelete="CASCADE"), primary_key=True)
    step_id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    person_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[datetime]
