"""``resource-hub up``: checks the machine, starts the whole platform as one tree, and watches it.

The checks come first and each refusal is one sentence with its remedy. The order of the start is
storage and database side by side, then web, worker and gateway; the order of the end is the reverse.
"""

import errno
import hashlib
import http.client
import logging
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import click
import setproctitle

from resource_hub.cli.console import say, say_error
from resource_hub.infra import gateway, installation, janus, programs, store, turn
from resource_hub.infra.installation import Installation, StartRefused
from resource_hub.infra.supervise import Part, PartFailed, Stopped, Tree, own_part
from resource_hub.kernel import addresses
from resource_hub.kernel.settings import Settings

_LEAST_FREE_GB = 0.3
_START_S = 90
_MIGRATION_S = 3600
_PORT_WAIT_S = 6  # a platform that was killed a moment ago needs that long to let go of its port
_DEMO_PEOPLE = (
    ("linxiaoyun", "城区教师 / city teacher"),
    ("wuyoutian", "村小教师 / village teacher"),
    ("zhoumin", "教研员 / researcher"),
    ("chenlan", "副局长 / district leader"),
    ("minjie", "区管理员 / administrator"),
)


@click.command("up")
def command() -> None:
    """启动整个平台，直到 Ctrl-C。 / Start the whole platform, until Ctrl-C."""
    setproctitle.setproctitle("resource-hub: supervisor")
    logging.raiseExceptions = False  # a full disk must not fill the console with traces of the log itself
    settings = Settings.read()
    if settings.clock:
        # Each part reads the settings when it starts, and one that starts again must not go back in time.
        os.environ["HUB_CLOCK"] = settings.shared_clock
    check_machine(settings)
    with installation.locked(settings):
        tree = Tree(settings.data_path / "logs", settings.data_path / "processes.json", say)
        tree.clear_leftovers()
        check_ports(settings)
        tree.listen_to_signals()
        code = _run(tree, installation.load_for_start(settings))
    raise SystemExit(code)


def check_machine(settings: Settings) -> None:
    """Raise ``StartRefused`` for what would keep the platform from working; tell what soon may."""
    data = installation.prepare_data(settings)
    free_gb = shutil.disk_usage(data).free / 1e9
    if free_gb < _LEAST_FREE_GB:
        raise StartRefused(
            f"磁盘快满了：{data} 只剩 {free_gb:.1f} GB。请先清理或换更大的磁盘，再启动；已有内容都在。",
            f"The disk is nearly full: {free_gb:.1f} GB left at {data}. Free some space or use a larger disk, then start again.",
        )
    if free_gb < float(settings.min_free_gb):
        say(f"注意：磁盘只剩 {free_gb:.1f} GB，暂不接受上传。", f"Note: only {free_gb:.1f} GB of disk left; uploads are refused for now.")
    if missing := programs.missing():
        names = "、".join(program.name for program in missing)
        packages = " ".join(sorted({program.package for program in missing}))
        raise StartRefused(
            f"缺少程序 {names}。请运行：sudo apt-get install --no-install-recommends {packages}",
            f"Missing programs: {names}. Run: sudo apt-get install --no-install-recommends {packages}",
        )
    if not (gateway.BUILT / "manifest.json").exists():
        raise StartRefused("页面文件还没有生成。请运行 make assets。", "The pages' files are not built. Run make assets.")
    if settings.is_demo and not addresses.is_loopback(settings.listen):
        say(
            f"注意：演示模式正对 {settings.listen} 开放，演示帐号的密码人人可见；正式使用请设 HUB_DEMO=0。",
            f"Note: demo mode is open on {settings.listen}, with accounts whose password is shown; use HUB_DEMO=0 for a real district.",
        )


def check_ports(settings: Settings) -> None:
    """Raise ``StartRefused`` when the gateway could not listen; wait a little for one that is just ending."""
    deadline = time.monotonic() + _PORT_WAIT_S
    for setting, port in gateway.open_ports(settings).items():
        while error := installation.listening_error(settings.listen, port):
            if error.errno != errno.EADDRINUSE or time.monotonic() > deadline:
                raise _refused_port(settings, setting, port, error)
            time.sleep(0.3)


def _refused_port(settings: Settings, setting: str, port: int, error: OSError) -> StartRefused:
    other = f"HUB_PORT={port + 1} make run" if setting == "HUB_PORT" else f"{setting}=https://…:8443 make run"
    if error.errno == errno.EACCES:
        return StartRefused(
            f"端口 {port} 需要管理员权限。请换一个端口（{other}），或运行 sudo sysctl net.ipv4.ip_unprivileged_port_start={port}",
            f"Port {port} needs root. Use another ({other}), or run sudo sysctl net.ipv4.ip_unprivileged_port_start={port}",
        )
    if error.errno == errno.EADDRINUSE:
        return StartRefused(
            f"地址 {settings.listen} 的端口 {port} 已被别的程序占用。请停止那个程序，或换一个端口：{other}",
            f"Port {port} on {settings.listen} is in use by another program. Stop it, or use another: {other}",
        )
    return StartRefused(
        f"不能在地址 {settings.listen} 上监听（{error.strerror}）。HUB_LISTEN 请写本机的地址，或 0.0.0.0。",
        f"The address {settings.listen} cannot be listened on ({error.strerror}). Set HUB_LISTEN to one of this machine, or 0.0.0.0.",
    )


def parts_of(found: Installation) -> dict[str, Part]:
    """Return the long-running parts by name."""
    host, port = addresses.local(found.settings.listen), int(found.settings.port)
    parts = {
        "web": own_part("web", "serve", is_answering=lambda: _status(found.ports["web"], "/healthz", timeout_s=20) is not None),
        "worker": own_part("worker", "worker"),
        "gateway": Part(
            "gateway",
            gateway.command(found),
            env=gateway.environment(found.settings),
            is_answering=lambda: _status(port, gateway.OWN_PAGE, host, timeout_s=20) is not None,
        ),
    }
    if turn.is_wanted(found.settings):
        parts["relay"] = Part("relay", turn.command(found))
    if janus.is_wanted(found.settings):
        parts["forwarder"] = Part("forwarder", janus.command(found))
    if found.has_own_store:
        parts["storage"] = Part(
            "storage",
            store.command(found),
            env=store.environment(found),
            death_signal="KILL",
            patience_s=2.0,
            stop_round=2,
            is_answering=lambda: store.is_answering(found),
            after_exit=lambda: store.clear_leavings(found),
        )
    return parts


def _run(tree: Tree, found: Installation) -> int:
    try:
        _start(tree, found)
        _announce(found)
        tree.watch(_seeding(tree, found))
    except Stopped:
        say("正在停止…", "Stopping …")
    except PartFailed as failure:
        _explain(failure, found.settings.data_path / "logs")
        return 1
    finally:
        tree.stop()
    say("已停止，内容都已保存。", "Stopped; everything is saved.")
    return 0


def _start(tree: Tree, found: Installation) -> None:
    parts = parts_of(found)
    say("正在启动存储和数据库…", "Starting storage and database …")
    if storage := parts.pop("storage", None):
        tree.start(storage)
    tree.start(own_part("database", "database", "upgrade", once=True))
    tree.finish("database", _MIGRATION_S)
    if found.settings.is_demo and _demo_is_due(found, "people"):
        tree.start(own_part("demo-people", "demo", "people", once=True))
        tree.finish("demo-people", _START_S)
        _mark_demo(found, "people")
    tree.wait_for({"storage": lambda: _is_prepared(found)}, _START_S)
    say("正在启动网页、后台处理和网关…", "Starting web, worker and gateway …")
    for part in parts.values():
        tree.start(part)
    host, port = addresses.local(found.settings.listen), int(found.settings.port)
    tree.wait_for(
        {
            "web": lambda: _status(found.ports["web"], "/healthz") is not None,
            "gateway": lambda: _status(port, "/healthz", host) is not None,
            "worker": lambda: _status(port, "/healthz", host) == http.client.OK,
        },
        _START_S,
    )


def _announce(found: Installation) -> None:
    settings = found.settings
    click.echo(f"Resource Hub is ready at http://{addresses.bracketed(addresses.local(settings.listen))}:{settings.port}")
    if settings.public_url:
        say(f"大家使用的地址：{settings.origin}", f"Address for everyone: {settings.origin}")
    if settings.is_demo:
        for account, about in _DEMO_PEOPLE:
            click.echo(f"  {account}  {about}")
        say(f"演示帐号的密码：{found.demo_password}", f"Password of the demo accounts: {found.demo_password}")


def _seeding(tree: Tree, found: Installation) -> Callable[[], None] | None:
    """Begin to fill the demo district unless that was done; return what notices its end."""
    if not found.settings.is_demo or not _demo_is_due(found, "resources"):
        return None
    tree.start(own_part("demo", "demo", "seed", once=True))
    say("正在后台写入演示资源，平台已可使用。", "Writing the demo resources in the background; the platform can be used already.")

    is_told = False

    def notice() -> None:
        nonlocal is_told
        end = tree.end_of("demo")
        if end is None or is_told:
            return
        is_told = True
        if end == 0:
            _mark_demo(found, "resources")
            say("演示资源已就绪。", "The demo resources are complete.")
        else:
            log = found.settings.data_path / "logs" / "demo.log"
            say(
                f"演示资源没有写完，平台照常可用；下次启动会再写。原因见 {log}。",
                f"The demo resources are not complete; the platform works all the same, and the next start tries again. See {log}.",
            )

    return notice


def _demo_mark(found: Installation, what: str) -> Path:
    return found.settings.data_path / f"demo-{what}.done"


def _demo_is_due(found: Installation, what: str) -> bool:
    """Whether that part of the demo was not yet written with this password into this database."""
    mark = _demo_mark(found, what)
    return not mark.exists() or mark.read_text(encoding="ascii") != _demo_sign(found)


def _mark_demo(found: Installation, what: str) -> None:
    _demo_mark(found, what).write_text(_demo_sign(found), encoding="ascii")


def _demo_sign(found: Installation) -> str:
    secret = f"{found.demo_password}\n{found.settings.database}\n{found.secrets.session}"
    return hashlib.sha256(secret.encode()).hexdigest()


def _explain(failure: PartFailed, logs: Path) -> None:
    name, log = failure.name, logs / f"{failure.name}.log"
    say_error(
        f"{name} 没能启动，平台已全部停止，内容没有丢失。详情见 {log}，或运行 resource-hub doctor。",
        f"{name} did not start; everything was stopped again and nothing is lost. See {log}, or run resource-hub doctor.",
    )
    for line in failure.lines[-5:]:
        click.echo(f"  | {line[:300]}", err=True)


def _is_prepared(found: Installation) -> bool:
    try:
        store.prepare(found)
    except store.StoreNotReady:
        return False
    return True


def _status(port: int, path: str, host: str = "127.0.0.1", timeout_s: float = 3) -> int | None:
    """Return the status of the answer; ``None`` without one."""
    asked = http.client.HTTPConnection(host, port, timeout=timeout_s)
    try:
        asked.request("GET", path)
        return asked.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        asked.close()
