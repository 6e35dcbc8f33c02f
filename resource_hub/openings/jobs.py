"""What the open doors do later: carry messages to webhooks and statements to the learning record store.

Sending happens between two short units. A worker that dies in between sends the same message
again under the same id, by which receivers know it.
"""

import base64
import json
import logging
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from resource_hub.infra import jobs, unit
from resource_hub.infra.db import db
from resource_hub.infra.features import hub
from resource_hub.infra.jobs import JobRun
from resource_hub.kernel import clock
from resource_hub.kernel.errors import NotFound, Unavailable
from resource_hub.openings import queries, rules, sending, service, xapi
from resource_hub.openings.models import LtiLaunch, Webhook, WebhookDelivery
from resource_hub.openings.schemas import TEST
from resource_hub.openings.sending import Outcome
from resource_hub.openings.service.webhooks import DELIVER, secret_of

log = logging.getLogger(__name__)

_BATCH = 50
_STORE_AWAY_S = 300
_REFUSALS = frozenset({400, 409, 413, 422})
"""The store's word on a statement itself: it has it already (409), or will never take it."""


@dataclass(frozen=True, slots=True)
class _Message:
    id: str
    event: str
    url: str
    body: bytes
    secret: str


def deliver(run: JobRun) -> None:
    """Try one message once; a failure puts the next try into the queue, until it is given up."""
    delivery_id = str(run.payload["delivery_id"])
    with unit.read():
        message = _message(delivery_id)
    outcome = _sent(message) if message else Outcome(False, "switched off")
    with run.completing():
        _note(delivery_id, outcome, is_last=message is None)


def _message(delivery_id: str) -> _Message | None:
    """Return what is to be sent; ``None`` when its webhook was switched off, NotFound when it is gone."""
    delivery = db.session.get(WebhookDelivery, delivery_id)
    webhook = db.session.get(Webhook, delivery.webhook_id) if delivery else None
    if delivery is None or webhook is None:
        raise NotFound
    # A test is how an administrator finds out whether a webhook that was switched off works again.
    if not webhook.is_active and delivery.event != TEST:
        return None
    return _Message(delivery.id, delivery.event, webhook.url, delivery.body.encode(), secret_of(webhook.id))


def _sent(message: _Message) -> Outcome:
    # Receivers compare the moment with their own clock, so it is the real one.
    at = int(clock.real().timestamp())
    headers = {
        "User-Agent": "resource-hub-webhook",
        "X-Hub-Event": message.event,
        "X-Hub-Delivery": message.id,
        "X-Hub-Timestamp": str(at),
        "X-Hub-Signature": rules.signature(message.secret, at, message.body),
    }
    return sending.post(message.url, message.body, headers, private_allowed=hub().settings.webhook_private == "1")


def _note(delivery_id: str, outcome: Outcome, *, is_last: bool) -> None:
    delivery = db.session.get(WebhookDelivery, delivery_id)
    if delivery is None:
        return
    webhook = db.session.get_one(Webhook, delivery.webhook_id, with_for_update=True)
    now = clock.now()
    delivery.attempts += 1
    delivery.tried_at, delivery.answer = now, outcome.answer[:200]
    if outcome.is_delivered:
        delivery.delivered_at, webhook.failures = now, 0
        return
    wait_s = None if is_last or delivery.event == TEST else rules.retry_after_s(delivery.attempts)
    if wait_s is not None:
        jobs.enqueue(DELIVER, {"delivery_id": delivery.id}, delay_s=wait_s)
        return
    delivery.given_up_at = now
    if delivery.event != TEST:
        webhook.failures += 1
        webhook.is_active = webhook.is_active and webhook.failures < rules.MOST_FAILURES


def state(run: JobRun) -> None:
    """Carry what waits to the learning record store, a batch at a time; Unavailable while it is away."""
    if not xapi.is_on():
        return
    while True:
        with unit.read():
            batch = [row.body for row in queries.waiting_statements(_BATCH)]
        if not batch:
            return
        settled = _stated(batch)
        with run.recording():
            service.settle_statements(settled)


def _stated(batch: list[dict[str, Any]]) -> list[str]:
    """Return the ids of the statements that are settled now; one that is refused does not hold up the others."""
    settings = hub().settings
    secret = base64.b64encode(f"{settings.xapi_key}:{settings.xapi_secret}".encode()).decode()
    headers = {"Authorization": f"Basic {secret}", "X-Experience-API-Version": xapi.VERSION}
    url = f"{settings.xapi_endpoint.rstrip('/')}/statements"
    # The operator chose this address; it may well lie in the own network.
    outcome = sending.post(url, json.dumps(batch, ensure_ascii=False).encode(), headers, private_allowed=True)
    if not outcome.is_delivered and outcome.status not in _REFUSALS:
        raise Unavailable(retry_after=_STORE_AWAY_S)
    if outcome.is_delivered or len(batch) == 1:
        if not outcome.is_delivered:
            log.warning("the learning record store refused %s: %s", batch[0]["id"], outcome.answer)
        return [str(told["id"]) for told in batch]
    return [ident for told in batch for ident in _stated([told])]


def forget(run: JobRun) -> None:
    """Forget messages that are older than a month, and launches that are over."""
    with run.completing():
        db.session.execute(sa.delete(LtiLaunch).where(LtiLaunch.expires_at < clock.now()))
        db.session.execute(sa.delete(WebhookDelivery).where(WebhookDelivery.created_at < clock.now() - rules.REMEMBERED))
