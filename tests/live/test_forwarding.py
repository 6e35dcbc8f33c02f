"""Who may send to the forwarder and hear through it: the one device that has its room's sound, and nobody who only watches."""

import pytest

from tests.live.clients import Client, run
from tests.live.conftest import Live

pytestmark = pytest.mark.slow

OFFER = {"sdp": "v=0"}


def test_only_the_device_that_has_its_rooms_sound_gets_to_the_forwarder(live: Live) -> None:
    async def code(client: Client, name: str, **more: object) -> str:
        answer = await client.ask(name, {"lesson": live.lesson, **more})
        return str(answer["error"]["code"])

    async def story() -> None:
        lead, village, watcher = [await live.client(seat).enter() for seat in ("lead", "class:1", "observer")]
        assert await code(watcher, "sfu:send", **OFFER) == "not_allowed"
        assert await code(watcher, "sfu:hear", site=0) == "not_allowed"
        assert await code(village, "sfu:send", **OFFER) == "not_the_rooms_device"
        assert (await village.act("audio:take", {"site": 1}))["ok"]
        # This installation has none; that it is asked at all is what the lease decides.
        assert await code(village, "sfu:send", **OFFER) == "no_forwarder"
        assert await code(lead, "sfu:ask") == "no_forwarder"
        assert await code(village, "sfu:tune", site=0, rung="video9000") == "invalid"
        stranger = await live.client("class:2").connect()
        assert await code(stranger, "sfu:hear", site=0) == "not_joined"
        for one in (lead, village, watcher, stranger):
            await one.close()

    run(story())


def test_the_route_is_the_leads_to_choose_and_a_limit_that_of_both_ends(live: Live) -> None:
    async def story() -> None:
        lead, village = [await live.client(seat).enter() for seat in ("lead", "class:1")]
        assert not (await village.act("route:set", {"via": "sfu"}))["ok"]
        assert (await lead.act("route:set", {"via": "sfu"}))["ok"]
        assert (await lead.act("route:set", {"via": "sfu"}))["error"]["code"] == "over_already"
        assert (await village.act("link:limit", {"site": 1, "rung": "audio24"}))["ok"]
        assert (await village.act("link:limit", {"site": 2, "rung": "audio24"}))["error"]["code"] == "not_your_room"
        assert (await lead.act("link:limit", {"site": 2, "rung": "still"}))["ok"]
        await village.until(lambda client: client.now["limits"] == {"1": "audio24", "2": "still"})
        assert (await lead.act("link:limit", {"site": 1, "rung": None}))["ok"]
        await village.until(lambda client: client.now["limits"] == {"2": "still"} and client.now["route"] == "sfu")
        for one in (lead, village):
            await one.close()

    run(story())
