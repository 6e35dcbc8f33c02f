"""Tables of people. Passwords and tokens are kept as hashes only.

``SignInGuard`` counts failures by the hash of the name that was typed, known or not, so that a
lock says nothing about whether an account exists.
"""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from resource_hub.infra.db import Model, text_enum
from resource_hub.kernel.viewer import Role, ScopeKind
from resource_hub.people.schemas import Locale, SessionKind, Theme


class Person(Model):
    """``school_id`` is empty for staff of the district. Rows are never deleted."""

    __tablename__ = "person"
    __table_args__ = (sa.Index("ix_person_school_name", "school_id", "name"), sa.Index("ix_person_name", "name", "id"))

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(60))
    staff_no: Mapped[str] = mapped_column(sa.String(40), unique=True)
    phone: Mapped[str | None] = mapped_column(sa.String(20))
    school_id: Mapped[str | None] = mapped_column(sa.ForeignKey("school.id"))
    subjects: Mapped[list[str]]
    joined_on: Mapped[date]
    left_on: Mapped[date | None]
    created_at: Mapped[datetime]


class Account(Model):
    """A person's way in; ``password_hash`` is empty when only single sign-on is used.

    ``sign_on_issuer`` and ``sign_on_subject`` name who the single sign-on means, from its first use.
    """

    __tablename__ = "account"
    __table_args__ = (sa.Index("uq_account_sign_on", "sign_on_issuer", "sign_on_subject", unique=True),)

    person_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    login: Mapped[str] = mapped_column(sa.String(40), unique=True)
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))
    must_change: Mapped[bool] = mapped_column(default=True)
    locale: Mapped[Locale] = mapped_column(text_enum(Locale), default=Locale.ZH)
    theme: Mapped[Theme] = mapped_column(text_enum(Theme), default=Theme.AUTO)
    created_at: Mapped[datetime]
    password_changed_at: Mapped[datetime]
    last_sign_in_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    sign_on_issuer: Mapped[str | None] = mapped_column(sa.String(255))
    sign_on_subject: Mapped[str | None] = mapped_column(sa.String(255))

    person: Mapped["Person"] = relationship(lazy="raise")
    """Never read; it tells the unit of work that the person's row comes first."""


class SignInGuard(Model):
    __tablename__ = "sign_in_guard"

    login_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    last_failure_at: Mapped[datetime] = mapped_column(index=True)
    locked_until: Mapped[datetime | None]


class RoleGrant(Model):
    """A role in a scope, held from ``from_on`` up to but not including ``until_on``."""

    __tablename__ = "role_grant"
    __table_args__ = (sa.Index("ix_role_grant_scope", "role", "scope_kind", "scope_id"),)

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    person_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"), index=True)
    role: Mapped[Role] = mapped_column(text_enum(Role))
    scope_kind: Mapped[ScopeKind] = mapped_column(text_enum(ScopeKind))
    scope_id: Mapped[str] = mapped_column(sa.String(40))
    subjects: Mapped[list[str]]
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    granted_by: Mapped[str | None] = mapped_column(sa.String(40))
    created_at: Mapped[datetime]


class ClassTerminal(Model):
    """The device of a room; it signs in by its own session and holds no personal right.

    ``code_hash`` is that of the one-time code by which a device becomes this terminal.
    """

    __tablename__ = "class_terminal"
    __table_args__ = (sa.Index("uq_class_terminal_code_hash", "code_hash", unique=True),)

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    school_id: Mapped[str] = mapped_column(sa.ForeignKey("school.id"), index=True)
    class_id: Mapped[str | None] = mapped_column(sa.ForeignKey("school_class.id"))
    room: Mapped[str] = mapped_column(sa.String(60))
    bound_at: Mapped[datetime]
    bound_by: Mapped[str | None] = mapped_column(sa.String(40))
    released_at: Mapped[datetime | None]
    code_hash: Mapped[str | None] = mapped_column(sa.String(64))
    code_until: Mapped[datetime | None]


class LoginSession(Model):
    """One browser, program or room signed in. ``is_limited``: may only choose a password."""

    __tablename__ = "login_session"
    __table_args__ = (sa.CheckConstraint("(person_id IS NULL) <> (terminal_id IS NULL)", name="one_owner"),)

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    kind: Mapped[SessionKind] = mapped_column(text_enum(SessionKind))
    person_id: Mapped[str | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    terminal_id: Mapped[str | None] = mapped_column(sa.ForeignKey("class_terminal.id"), index=True)
    is_limited: Mapped[bool] = mapped_column(default=False)
    agent: Mapped[str] = mapped_column(sa.String(120), default="")
    ip: Mapped[str] = mapped_column(sa.String(45), default="")
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class RosterImport(Model):
    """A checked sheet that waits for its confirmation; rows go when it is done or a day old."""

    __tablename__ = "roster_import"

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    person_id: Mapped[str] = mapped_column(sa.String(40), index=True)
    filename: Mapped[str] = mapped_column(sa.String(200))
    sheet: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
