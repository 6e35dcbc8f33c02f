"""A launch on its way: begun at our login, taken once with the platform's token, then bound or led on.

Rule: each step counts only for the browser that began, which shows the secret of its cookie.
Nobody gets an account here; whom a platform means is said by the person, who signs in once.
"""

from dataclasses import dataclass

import sqlalchemy as sa

from resource_hub.audit import service as audit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Conflict, HubError
from resource_hub.kernel.ids import new_id, new_secret
from resource_hub.kernel.refs import Ref
from resource_hub.openings import queries, rules
from resource_hub.openings.lti import LaunchFailed, Opened, Registration
from resource_hub.openings.models import LtiBinding, LtiLaunch
from resource_hub.people import service as people


class BoundToOther(Conflict):
    code = "launch_bound_to_other"
    message = N_("您的账号已和这个学习平台上的另一个用户绑定。若那也是您，请先在“账号与密码”的“学习平台”里解除，再打开一次。")


@dataclass(frozen=True, slots=True, repr=False)
class Begun:
    """``secret`` goes to the browser alone."""

    launch_id: str
    nonce: str
    secret: str


def begin_launch(registration: Registration) -> Begun:
    """Begin a launch in one browser."""
    begun = Begun(new_id("ltl"), new_secret(), new_secret())
    db.session.add(
        LtiLaunch(
            id=begun.launch_id, platform_id=registration.id, browser_hash=rules.digest(begun.secret), nonce=begun.nonce,
            expires_at=clock.now() + rules.LAUNCH_BEGINS_WITHIN, subject_name="", destination="/",
        )
    )  # fmt: skip
    return begun


def take_launch(launch_id: str, secret: str) -> tuple[Registration, str]:
    """Return the platform and the nonce of a launch, which can be taken once only; raises LaunchFailed."""
    now = clock.now()
    is_this = (LtiLaunch.id == launch_id, LtiLaunch.browser_hash == rules.digest(secret))
    is_open = (LtiLaunch.launched_at.is_(None), LtiLaunch.expires_at > now)
    taken = db.session.execute(sa.update(LtiLaunch).where(*is_this, *is_open).values(launched_at=now))
    launch = db.session.get(LtiLaunch, launch_id) if taken.rowcount else None  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
    registration = queries.registration(launch.platform_id) if launch else None
    if launch is None or registration is None:
        raise LaunchFailed
    return registration, launch.nonce


def settle_launch(launch_id: str, opened: Opened, client: people.Client) -> people.OpenedSession | HubError | None:
    """Sign in whom the platform means: a session, the refusal to raise after the commit, ``None`` when nobody is bound."""
    launch = db.session.get_one(LtiLaunch, launch_id)
    launch.subject, launch.subject_name = opened.subject, opened.name
    launch.destination, launch.selection = destination_of(launch_id, opened), opened.selection
    launch.expires_at = clock.now() + rules.LAUNCH_LASTS
    launch.person_id = queries.person_bound(launch.platform_id, opened.subject)
    return people.enter_by_platform(launch.person_id, client) if launch.person_id else None


def destination_of(launch_id: str, opened: Opened) -> str:
    """Return where a launch leads: to what it opens, or to where resources are picked."""
    return f"/lti/selections/{launch_id}" if opened.selection else opened.destination


def bind_launch(launch_id: str, secret: str, person_id: str) -> str:
    """Let the platform's user mean this person from now on, and return where the launch leads.

    Raises LaunchFailed for a launch that is bound or over, BoundToOther when the person is another user there already.
    """
    launch = queries.open_launch(launch_id, secret)
    if launch is None:
        raise LaunchFailed
    if queries.is_bound(person_id, launch.platform_id):
        raise BoundToOther
    db.session.add(LtiBinding(platform_id=launch.platform_id, subject=launch.subject, person_id=person_id, bound_at=clock.now()))
    db.session.get_one(LtiLaunch, launch_id).person_id = person_id
    audit.note(None, "platform.bound", Ref("person", person_id), details={"platform": launch.platform_id})
    return launch.destination
