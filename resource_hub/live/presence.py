"""Which web nodes live, so that the seats of a dead one are left: nobody else would say so.

A connection's name begins with that of its node. A node beats every few seconds; whoever serves a lesson
looks whether the nodes of all connections in it still do.
"""

import secrets
from collections.abc import Collection, Iterable
from datetime import timedelta

import sqlalchemy as sa

from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.live.models import WebNode

BEAT_S = 5
_DEAD_AFTER = timedelta(seconds=15)
_FORGOTTEN_AFTER = timedelta(days=1)
_NODE = 8


def new_node() -> str:
    return secrets.token_hex(_NODE // 2)


def new_conn(node: str) -> str:
    """Return a name for a connection of that node, unique in its life."""
    return node + secrets.token_hex(3)


def beat(node: str) -> frozenset[str]:
    """Write down that this node lives, and return all that do."""
    now = clock.now()
    with unit.write():
        row = db.session.get(WebNode, node)
        if row is None:
            db.session.add(WebNode(id=node, seen_at=now))
            db.session.execute(sa.delete(WebNode).where(WebNode.seen_at < now - _FORGOTTEN_AFTER))
        else:
            row.seen_at = now
    with unit.read():
        return frozenset(db.session.scalars(sa.select(WebNode.id).where(WebNode.seen_at > now - _DEAD_AFTER)))


def stranded(conns: Iterable[str], alive: Collection[str]) -> list[str]:
    """Return those connections whose node is dead."""
    return [conn for conn in conns if conn[:_NODE] not in alive]
