"""Tables of what is offered to other systems. Tokens and keys are kept as hashes only."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from resource_hub.infra.db import Model


class OfferedRecord(Model):
    """A resource that is, or once was, offered to harvesters; rows are never removed.

    ``datestamp`` has whole seconds. ``was_open`` stays true after ``is_open`` ended, so that a
    harvester without a token is told of the end too.
    """

    __tablename__ = "offered_record"
    __table_args__ = (sa.Index("ix_offered_record_datestamp", "datestamp", "resource_id"),)

    resource_id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    datestamp: Mapped[datetime]
    subject: Mapped[str | None] = mapped_column(sa.String(32))
    is_deleted: Mapped[bool] = mapped_column(default=False)
    is_open: Mapped[bool] = mapped_column(default=False)
    was_open: Mapped[bool] = mapped_column(default=False)


class HarvestToken(Model):
    """The right of another system to harvest everything that is published in the district."""

    __tablename__ = "harvest_token"

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(60))
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_by: Mapped[str] = mapped_column(sa.String(40))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Webhook(Model):
    """An address that is told of events; ``failures`` counts deliveries given up since the last that arrived."""

    __tablename__ = "webhook"

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    url: Mapped[str] = mapped_column(sa.String(1000))
    events: Mapped[list[str]]
    is_active: Mapped[bool] = mapped_column(default=True)
    failures: Mapped[int] = mapped_column(default=0)
    created_by: Mapped[str] = mapped_column(sa.String(40))
    created_at: Mapped[datetime]


class WebhookDelivery(Model):
    """One message on its way to one webhook; ``body`` is sent byte for byte at every try."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (sa.Index("ix_webhook_delivery_latest", "webhook_id", "created_at"),)

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    webhook_id: Mapped[str] = mapped_column(sa.ForeignKey("webhook.id", ondelete="CASCADE"))
    event: Mapped[str] = mapped_column(sa.String(32))
    body: Mapped[str] = mapped_column(sa.Text)
    created_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(sa.String(200), default="")


class FeedAddress(Model):
    """The key in a person's own feed address; making a new one ends the old one."""

    __tablename__ = "feed_address"

    person_id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    key_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    made_at: Mapped[datetime]


class LearningStatement(Model):
    """What the learning record store is told; ``settled_at`` once it has it or has refused it for good."""

    __tablename__ = "learning_statement"
    __table_args__ = (sa.Index("ix_learning_statement_waiting", "settled_at", "created_at"),)

    id: Mapped[str] = mapped_column(sa.String(36), primary_key=True)
    body: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class LtiPlatform(Model):
    """A learning platform that may launch us, as its administrator registered us there.

    Issuer and client id never change: bindings stand on them.
    """

    __tablename__ = "lti_platform"
    __table_args__ = (sa.Index("uq_lti_platform_client", "issuer", "client_id", unique=True),)

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(60))
    issuer: Mapped[str] = mapped_column(sa.String(255))
    client_id: Mapped[str] = mapped_column(sa.String(255))
    auth_url: Mapped[str] = mapped_column(sa.String(1000))
    keys_url: Mapped[str] = mapped_column(sa.String(1000))
    deployments: Mapped[list[str]]
    created_by: Mapped[str] = mapped_column(sa.String(40))
    created_at: Mapped[datetime]


class LtiBinding(Model):
    """Whom a platform means by a subject; made by the person, who signed in with the own account."""

    __tablename__ = "lti_binding"
    __table_args__ = (sa.Index("uq_lti_binding_person", "person_id", "platform_id", unique=True),)

    platform_id: Mapped[str] = mapped_column(sa.ForeignKey("lti_platform.id", ondelete="CASCADE"), primary_key=True)
    subject: Mapped[str] = mapped_column(sa.String(255), primary_key=True)
    person_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"))
    bound_at: Mapped[datetime]


class LtiLaunch(Model):
    """One way from a platform to us, walked by one browser; ``id`` is the state of the protocol.

    ``launched_at`` once the platform's token was handed in, which happens once. Then follow who it
    is about and where it leads; ``selection`` is what a platform said that wants resources picked.
    """

    __tablename__ = "lti_launch"

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    platform_id: Mapped[str] = mapped_column(sa.ForeignKey("lti_platform.id", ondelete="CASCADE"))
    browser_hash: Mapped[str] = mapped_column(sa.String(64))
    nonce: Mapped[str] = mapped_column(sa.String(64))
    expires_at: Mapped[datetime] = mapped_column(index=True)
    launched_at: Mapped[datetime | None]
    subject: Mapped[str | None] = mapped_column(sa.String(255))
    subject_name: Mapped[str] = mapped_column(sa.String(60), default="")
    person_id: Mapped[str | None] = mapped_column(sa.String(40))
    destination: Mapped[str] = mapped_column(sa.String(200), default="/")
    selection: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)
