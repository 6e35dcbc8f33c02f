"""Create saved searches, the query log and synonyms.

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_GROUPS = (
    "颜色 色彩", "画 画画 绘画 美术", "唱歌 歌曲 音乐", "跳舞 舞蹈", "手工 制作", "算术 数学", "作文 习作 写作", "读书 阅读",
    "教案 教学设计", "课件 幻灯片 ppt", "练习 习题 作业", "试卷 试题 测验", "学案 任务单", "录像 视频 实录 微课", "电脑 计算机",
    "情绪 心情", "劳技 劳动",
)  # fmt: skip
"""What schools say for the same thing; the district edits its own copy."""


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    groups = op.create_table(
        "synonym_group",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("words", sa.String(400), nullable=False),
        sa.Column("changed_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_synonym_group"),
        sa.UniqueConstraint("words", name="uq_synonym_group_words"),
    )
    op.create_table(
        "search_weight",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_search_weight"),
    )
    op.create_table(
        "query_count",
        sa.Column("query", sa.String(200), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("query", "day", name="pk_query_count"),
    )
    op.create_table(
        "recent_query",
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("query", sa.String(200), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("person_id", "query", name="pk_recent_query"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_recent_query_person_id_person"),
    )
    op.create_table(
        "saved_search",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("query", sa.String(400), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("told_until", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_saved_search"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_saved_search_person_id_person"),
    )
    op.create_index("ix_saved_search_person_id", "saved_search", ["person_id"])
    added = sa.literal_column("CURRENT_TIMESTAMP")
    for number, words in enumerate(_GROUPS, 1):
        op.execute(groups.insert().values(id=f"syn_first{number:02}", words=words, changed_at=added))


def downgrade() -> None:
    for table in ("saved_search", "recent_query", "query_count", "search_weight", "synonym_group"):
        op.drop_table(table)
