"""The days of a person's tasks in their calendar: what is wanted of a task by when."""

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _

from resource_hub.study import labels, queries
from resource_hub.timetable.service import DueDay


def days_of(person_id: str, first: date, last: date) -> Sequence[DueDay]:
    """Return every day of the person's open tasks within two dates, in the order of tasks and steps."""
    return [
        DueDay(f"{ident}-{name}", day, _("%(what)s：%(title)s", what=labels.DUES[name], title=title), f"/study/tasks/{ident}")
        for ident, title, _state, dues in queries.tasks_due_for(person_id)
        for name, day in dues.model_dump().items()
        if day is not None and first <= day <= last
    ]
