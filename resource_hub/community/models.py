"""The table of communities; members are rows of ``schools.CommunityMember``."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from resource_hub.community.schemas import CommunityModel
from resource_hub.infra.db import Model, text_enum


class Community(Model):
    __tablename__ = "community"

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(32), unique=True)
    name: Mapped[str] = mapped_column(sa.String(100), unique=True)
    model: Mapped[CommunityModel] = mapped_column(text_enum(CommunityModel))
    lead_school_id: Mapped[str] = mapped_column(sa.ForeignKey("school.id"))
    starts_on: Mapped[date]
    created_at: Mapped[datetime]
