"""What schools do later: tell of a membership again on the day that it begins or ends."""

from resource_hub.infra import unit
from resource_hub.infra.jobs import JobRun
from resource_hub.schools.events import MembershipChanged


def take_effect(run: JobRun) -> None:
    """Record MembershipChanged for the school of the job; telling twice does no harm."""
    with run.completing():
        unit.record(MembershipChanged(str(run.payload["school_id"])))
