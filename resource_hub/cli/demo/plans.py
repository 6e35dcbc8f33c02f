"""Structured plans of a few works of the demo: read from the very papers that their authors wrote.

The two plans of 《春》 share the ids of their stages, so that the village's version compares with the city's stage by stage.
"""

import json

from resource_hub.cli.demo import district, papers
from resource_hub.cli.demo.papers import Letterhead
from resource_hub.cli.demo.resources import ResourceSeed
from resource_hub.cli.demo.writing import TEXTS
from resource_hub.library.lesson_plan import Plan
from resource_hub.library.planning.docx_reading import read

PLANNED = {1: "1.plan", 5: "5.plan", 16: "16.plan", 17: "17.plan"}


def plan_of(seed: ResourceSeed) -> Plan | None:
    """Return the plan of a work that has one."""
    text = PLANNED.get(seed.number)
    if text is None:
        return None
    found = json.loads(read(papers.docx_bytes(TEXTS[text], Letterhead(seed.title, seed.person.name, district.school(seed.school).name))))
    return Plan.model_validate({**found["plan"], "title": seed.title, "periods": "1课时"})
