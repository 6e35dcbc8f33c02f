"""Clips of the lead: who keeps one, what is taken for sound, who hears it, and that they are forgotten."""

from datetime import timedelta

import pytest

from resource_hub.infra import unit
from resource_hub.kernel import clock
from resource_hub.live import service
from resource_hub.live.voices import MOST_BYTES
from tests.live.standing import MORNING, admit, plan
from tests.people_of_a_district import District

pytestmark = pytest.mark.slow

CLIP = b"\x1a\x45\xdf\xa3" + bytes(5_000)


def put(district: District, address: str, token: str, sound: bytes) -> int:
    return district.client.put(address, headers={"Authorization": f"Bearer {token}"}, data=sound).status_code


def get(district: District, address: str, token: str) -> tuple[int, bytes, str]:
    answer = district.client.get(address, headers={"Authorization": f"Bearer {token}"})
    return answer.status_code, answer.data, answer.content_type


def test_a_clip_of_the_lead_reaches_who_is_in_the_lesson_and_is_forgotten_after_a_week(district: District) -> None:
    clock.start_at(MORNING)
    tokens, (lesson, other) = admit(district.app), plan(district.app, 2)
    address = f"/api/v1/lessons/{lesson}/voices/clip1"
    assert put(district, address, tokens["assist:1"], CLIP) == 403
    assert put(district, address, tokens["lead"], b"<svg onload=alert(1)>") == 422
    assert put(district, address, tokens["lead"], CLIP + bytes(MOST_BYTES)) == 413
    assert put(district, f"/api/v1/lessons/{lesson}/voices/no%20name", tokens["lead"], CLIP) == 422
    assert [put(district, address, tokens["lead"], sound) for sound in (CLIP, CLIP + b"again")] == [201, 201]
    assert get(district, address, tokens["class:1"]) == (200, CLIP, "audio/webm")
    assert get(district, f"/api/v1/lessons/{other}/voices/clip1", tokens["class:1"])[0] == 404
    assert district.client.get(address, headers=district.as_("dingning")).status_code == 404
    with district.app.app_context(), unit.write():
        service.forget_voices(clock.now() + timedelta(seconds=1))
    assert get(district, address, tokens["class:1"])[0] == 404
