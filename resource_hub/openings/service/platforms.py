"""Learning platforms that may launch us: registered by the district, bound to by each teacher alone."""

import sqlalchemy as sa

from resource_hub.audit import service as audit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Invalid, NotFound
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.openings import rules
from resource_hub.openings.models import LtiBinding, LtiPlatform
from resource_hub.openings.schemas import PlatformChange, PlatformForm
from resource_hub.openings.service.webhooks import NO_ADDRESS


def add_platform(viewer: Viewer, form: PlatformForm) -> str:
    """Register a platform and return its id; Invalid for a wrong address or a registration that stands already."""
    _check(form.auth_url, form.keys_url)
    same = sa.select(LtiPlatform.id).where(LtiPlatform.issuer == form.issuer, LtiPlatform.client_id == form.client_id)
    if db.session.scalar(same):
        raise Invalid(fields={"client_id": N_("这个平台标识和客户端编号已经登记过。")})
    platform = LtiPlatform(
        id=new_id("ltp"), name=form.name, issuer=form.issuer, client_id=form.client_id, auth_url=form.auth_url, keys_url=form.keys_url,
        deployments=form.deployments.split(), created_by=viewer.person_id, created_at=clock.now(),
    )  # fmt: skip
    db.session.add(platform)
    audit.note(viewer, "platform.added", Ref("lti_platform", platform.id), details={"name": platform.name, "issuer": platform.issuer})
    return platform.id


def change_platform(viewer: Viewer, platform_id: str, form: PlatformChange) -> None:
    """Change how a platform is reached and which of its deployments count."""
    platform = _held(platform_id)
    _check(form.auth_url, form.keys_url)
    platform.name, platform.auth_url, platform.keys_url = form.name, form.auth_url, form.keys_url
    platform.deployments = form.deployments.split()
    audit.note(viewer, "platform.changed", Ref("lti_platform", platform.id), details={"name": platform.name})


def remove_platform(viewer: Viewer, platform_id: str) -> None:
    """Remove a platform with all bindings to it; its links open nothing any more."""
    platform = _held(platform_id)
    audit.note(viewer, "platform.removed", Ref("lti_platform", platform.id), details={"name": platform.name})
    db.session.execute(sa.delete(LtiPlatform).where(LtiPlatform.id == platform_id))


def end_binding(viewer: Viewer, platform_id: str) -> None:
    """Forget whom a platform means by the viewer's account; NotFound when it means nobody."""
    binding = db.session.scalar(
        sa.select(LtiBinding).where(LtiBinding.platform_id == platform_id, LtiBinding.person_id == viewer.person_id)
    )
    if binding is None:
        raise NotFound
    db.session.delete(binding)
    audit.note(viewer, "platform.unbound", Ref("person", viewer.person_id), details={"platform": platform_id})


def _held(platform_id: str) -> LtiPlatform:
    platform = db.session.get(LtiPlatform, platform_id)
    if platform is None:
        raise NotFound
    return platform


def _check(auth_url: str, keys_url: str) -> None:
    wrong = {name: NO_ADDRESS for name, url in (("auth_url", auth_url), ("keys_url", keys_url)) if not rules.is_web_address(url)}
    if wrong:
        raise Invalid(fields=wrong)
