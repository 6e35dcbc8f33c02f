"""The table of deliveries."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from resource_hub.infra.db import Model

IS_OPEN = sa.text("done_at IS NULL")


class Delivery(Model):
    """``digest_at`` is the moment from which it shows; ``words`` fill the sentence of its kind."""

    __tablename__ = "delivery"
    __table_args__ = (
        sa.Index(
            "uq_delivery_open", "person_id", "kind", "ref_kind", "ref_id", unique=True, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN
        ),
        sa.Index("ix_delivery_person", "person_id", "digest_at"),
        sa.Index("ix_delivery_ref", "ref_kind", "ref_id"),
    )

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    person_id: Mapped[str] = mapped_column(sa.String(40))
    kind: Mapped[str] = mapped_column(sa.String(60))
    ref_kind: Mapped[str] = mapped_column(sa.String(40))
    ref_id: Mapped[str] = mapped_column(sa.String(40))
    words: Mapped[dict[str, Any]]
    due: Mapped[date | None]
    is_urgent: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    digest_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None] = mapped_column(index=True)
