"""Webhooks and what they are told. A message is a row and a job, written with its cause."""

import hashlib
import hmac
import json
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import current_app

from resource_hub.audit import service as audit
from resource_hub.infra import jobs
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Invalid, NotFound
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.library.events import ResourceUsed, VersionPublished
from resource_hub.openings import rules
from resource_hub.openings.models import Webhook, WebhookDelivery
from resource_hub.openings.queries import is_offered
from resource_hub.openings.schemas import TEST, Happening, WebhookForm
from resource_hub.openings.works import EVERYONE_IN_THE_DISTRICT, address_of, works_of
from resource_hub.openings.xml import text_of
from resource_hub.schools import queries as schools

DELIVER = "openings.deliver"
NO_ADDRESS = N_("请填写以 https:// 或 http:// 开头的完整网址，不含账号和密码。")


def add_webhook(viewer: Viewer, form: WebhookForm) -> Webhook:
    """Add a webhook; Invalid for what is no http address."""
    webhook = Webhook(
        id=new_id("whk"), url=_checked(form.url), events=[event.value for event in Happening if event in form.chosen], is_active=True,
        failures=0, created_by=viewer.person_id, created_at=clock.now(),
    )  # fmt: skip
    db.session.add(webhook)
    audit.note(viewer, "webhook.added", Ref("webhook", webhook.id), details={"host": urlsplit(webhook.url).netloc})
    return webhook


def remove_webhook(viewer: Viewer, webhook_id: str) -> None:
    """Remove a webhook with what was sent to it; messages on their way end."""
    webhook = _held(webhook_id)
    audit.note(viewer, "webhook.removed", Ref("webhook", webhook.id), details={"host": urlsplit(webhook.url).netloc})
    db.session.execute(sa.delete(Webhook).where(Webhook.id == webhook_id))


def resume_webhook(viewer: Viewer, webhook_id: str) -> None:
    """Switch a webhook on again that was switched off after too many failures."""
    webhook = _held(webhook_id)
    webhook.is_active, webhook.failures = True, 0
    audit.note(viewer, "webhook.resumed", Ref("webhook", webhook.id))


def send_test(webhook_id: str) -> None:
    """Put a test message on its way."""
    _send(_held(webhook_id), TEST, {})


def announce(event: Happening, resource_id: str, facts: dict[str, object] | None = None) -> None:
    """Put a message about a resource on its way to every webhook that wants to know."""
    wanting = [w for w in db.session.scalars(sa.select(Webhook).where(Webhook.is_active)) if event.value in w.events]
    if not wanting:
        return
    resource: dict[str, object] = {"id": resource_id, "url": address_of(resource_id)}
    work = works_of([resource_id], EVERYONE_IN_THE_DISTRICT).get(resource_id)
    if work:
        resource |= {
            "title": work.title,
            "kind": work.kind.value,
            "licence": work.licence.value,
            "author": work.author,
            "school": work.school,
        }
    for webhook in wanting:
        _send(webhook, event.value, {"resource": resource, **(facts or {})})


def tell_version(event: VersionPublished) -> None:
    """Announce a new version of what the whole district may see; the first one is the publication itself."""
    if event.number > 1 and is_offered(event.resource_id):
        announce(Happening.VERSION, event.resource_id, {"version": event.number})


def tell_use(event: ResourceUsed) -> None:
    """Announce that a school taught with what the whole district may see; the person is nobody's business outside."""
    if is_offered(event.resource_id):
        school = schools.school_names([event.school_id]).get(event.school_id, "")
        announce(Happening.USED, event.resource_id, {"used": {"school": school, "pupils": event.pupils}})


def secret_of(webhook_id: str) -> str:
    """Return the secret that messages to a webhook are signed with: made from the installation's key, so it is kept nowhere."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"webhook:{webhook_id}".encode(), hashlib.sha256).hexdigest()


def _send(webhook: Webhook, event: str, facts: dict[str, object]) -> None:
    ident, now = new_id("dlv"), clock.now()
    body = json.dumps({"id": ident, "event": event, "at": text_of(now), **facts}, ensure_ascii=False)
    db.session.add(WebhookDelivery(id=ident, webhook_id=webhook.id, event=event, body=body, created_at=now, attempts=0, answer=""))
    db.session.flush()
    jobs.enqueue(DELIVER, {"delivery_id": ident})


def _held(webhook_id: str) -> Webhook:
    webhook = db.session.get(Webhook, webhook_id)
    if webhook is None:
        raise NotFound
    return webhook


def _checked(url: str) -> str:
    if not rules.is_web_address(url):
        raise Invalid(fields={"url": NO_ADDRESS})
    return url
