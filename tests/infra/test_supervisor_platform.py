"""The whole platform under its supervisor: two on one machine, killed, restarted, and refusals in words."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from resource_hub.infra import installation, store
from resource_hub.kernel.settings import Settings
from tests.infra.standing import ask, wait_until
from tests.running_platform import ROOT, START_S, command, up

pytestmark = pytest.mark.slow


def refusal(data: Path, port: int, **settings: str) -> tuple[int, str]:
    """Return the exit code and the words of an ``up`` that refuses."""
    process = command(data, port, "up", **settings)
    return process.wait(), (data / "console").read_text()


def test_two_platforms_side_by_side_live_and_die_apart(tmp_path: Path) -> None:
    with up(tmp_path / "city") as city, up(tmp_path / "village", HUB_PORT="17777") as village:
        wait_until(lambda: city.is_ready() and village.is_ready(), START_S)
        for platform in (city, village):
            assert ask(platform.port, "/healthz")[0] == 200
            titles = set(platform.alive().values())
            assert {"resource-hub: supervisor", "resource-hub: web", "resource-hub: worker"} <= titles
        code, said = refusal(city.data, 17_778)
        assert (code, str(city.process.pid) in said, "HUB_DATA" in said) == (1, True, True)
        doctor = subprocess.run(
            [sys.executable, "-m", "resource_hub", "doctor"],
            env=os.environ | {"HUB_DATA": str(city.data), "HUB_PORT": str(city.port), "HUB_DEMO": "0"},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert doctor.returncode == 0, doctor.stdout
        os.kill(city.pid("resource-hub: web"), signal.SIGKILL)
        wait_until(lambda: "web stopped unexpectedly" in (city.data / "console").read_text())
        wait_until(lambda: ask(city.port, "/healthz")[0] == 200)
        os.kill(city.pid("resource-hub: supervisor"), signal.SIGKILL)
        wait_until(lambda: not city.alive(), patience_s=15)
        assert ask(village.port, "/healthz")[0] == 200
        os.kill(village.process.pid, signal.SIGTERM)
        wait_until(lambda: not village.alive())
        assert village.process.wait() == 0
    with up(tmp_path / "city") as again:
        wait_until(again.is_ready, START_S)


def test_a_storage_that_was_killed_comes_back_by_itself(tmp_path: Path) -> None:
    with up(tmp_path / "hub") as hub:
        wait_until(hub.is_ready, START_S)
        found = installation.load(Settings.read({"HUB_DATA": str(hub.data)}))
        weed = next(pid for pid, words in hub.alive().items() if "/weed " in words)
        os.kill(weed, signal.SIGKILL)
        wait_until(lambda: weed not in hub.alive())
        wait_until(lambda: store.is_answering(found), 60)
        wait_until(lambda: ask(hub.port, "/healthz")[0] == 200)


def test_parts_that_start_again_live_in_the_time_of_the_others(tmp_path: Path) -> None:
    """Also on another address of this machine than the usual one."""
    # SPT_NOENV leaves the environment readable beside the title that each process gives itself.
    with up(tmp_path / "hub", HUB_CLOCK="2026-11-24T08:00", HUB_LISTEN="127.0.0.2", SPT_NOENV="1") as hub:
        wait_until(lambda: f"ready at http://127.0.0.2:{hub.port}\n" in (hub.data / "console").read_text(), START_S)
        worker, web = (psutil.Process(hub.pid(f"resource-hub: {name}")) for name in ("worker", "web"))
        clocks = [process.environ()["HUB_CLOCK"] for process in (worker, web)]
        web.kill()
        wait_until(lambda: any(pid != web.pid and words.startswith("resource-hub: web") for pid, words in hub.alive().items()))
        again = psutil.Process(next(pid for pid, words in hub.alive().items() if words.startswith("resource-hub: web")))
        assert {*clocks, again.environ()["HUB_CLOCK"]} == {clocks[0]}
        assert clocks[0].startswith("2026-11-24T00:00:00+00:00@")


def test_a_demo_that_cannot_be_written_is_told_once(tmp_path: Path) -> None:
    """Its database has no tables; the platform itself would go on."""
    code = """
from resource_hub.cli import up
from resource_hub.cli.console import say
from resource_hub.infra import installation, supervise
from resource_hub.kernel.settings import Settings

found = installation.load(Settings.read())
tree = supervise.Tree(found.settings.data_path / "logs", found.settings.data_path / "processes.json", say)
notice = up._seeding(tree, found)
while tree.end_of("demo") is None:
    tree.turn(0.2)
for _ in range(3):
    notice()
tree.stop()
"""
    said = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"HUB_DATA": str(tmp_path)}, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert said.count("演示资源没有写完") == 1
    assert str(tmp_path / "logs" / "demo.log") in said


def test_a_port_in_use_is_told_with_the_remedy(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        code, said = refusal(tmp_path, port)
    assert code == 1
    assert f"端口 {port} 已被别的程序占用" in said
    assert f"HUB_PORT={port + 1} make run" in said


def test_an_address_that_is_not_of_this_machine_is_told(tmp_path: Path) -> None:
    code, said = refusal(tmp_path, 17_780, HUB_LISTEN="203.0.113.9")
    assert code == 1
    assert "HUB_LISTEN 请写本机的地址" in said


def test_wrong_settings_are_all_told_at_once(tmp_path: Path) -> None:
    code, said = refusal(tmp_path, 8000, HUB_DEMO="maybe", HUB_TIMEZONE="Asia/Nowhere", HUB_WORLD="1")
    assert code == 2
    assert [line.split(": ")[1].split("=")[0] for line in said.splitlines()] == [
        "HUB_DEMO",
        "HUB_TIMEZONE",
        "HUB_WORLD is not a setting; docs/settings.md lists them.",
    ]


def test_a_data_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    process = command(tmp_path, 8000, "up", HUB_DATA=str(tmp_path / "file" / "data"))
    assert process.wait() == 1
    assert "不能写入" in (tmp_path / "console").read_text()


def test_a_damaged_file_of_the_installation_is_named(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text("{")
    code, said = refusal(tmp_path, 17_779)
    assert code == 1
    assert str(tmp_path / "secrets.json") in said
