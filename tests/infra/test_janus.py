"""The forwarder as we start it: it answers us, nobody without its secret, and is found again when it comes back."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from resource_hub.infra import janus
from resource_hub.infra.installation import Installation, is_free
from tests.infra.standing import installed, wait_until
from tests.live.clients import run

pytestmark = pytest.mark.slow


@contextmanager
def running(found: Installation) -> Iterator[None]:
    with subprocess.Popen(janus.command(found), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            wait_until(lambda: not is_free("127.0.0.1", found.ports["sfu"]))
            yield
        finally:
            process.kill()


def test_the_forwarder_answers_who_knows_its_secret_and_is_found_again_after_its_death(tmp_path: Path) -> None:
    found = installed(tmp_path, sfu_host="192.0.2.1")
    secret = janus.api_secret(found.secrets.session)

    async def story() -> None:
        line, stranger = (janus.Janus(janus.address(found), word) for word in (secret, "guessed"))
        with running(found):
            handle = await line.attach()
            with pytest.raises(janus.NotTaken) as refusal:
                await line.ask(handle, {"request": "listparticipants", "room": "les_none"})
            assert refusal.value.reason == 426
            with pytest.raises(janus.NotTaken) as refusal:
                await line.ask(handle, {"request": "create", "room": "les_mine", "admin_key": "guessed"})
            with pytest.raises(janus.NotTaken):
                await stranger.attach()
        with pytest.raises(janus.ForwarderAway):
            await line.ask(handle, {"request": "listparticipants", "room": "les_none"})
        with running(found):
            again = await line.attach()
            assert again[1] != handle[1]

    run(story())


def test_a_loopback_address_needs_no_forwarder_and_files_with_secrets_are_the_owners(tmp_path: Path) -> None:
    found = installed(tmp_path)
    assert not janus.is_wanted(found.settings)
    janus.command(found)
    files = list((tmp_path / "janus").iterdir())
    assert len(files) == 3
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
