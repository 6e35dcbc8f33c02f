"""``resource-hub doctor``: asks every part how it is and says in words what is wrong and what helps.

It changes nothing and may run beside a running platform. Exit code 1 means that something is wrong;
a remark alone is no fault.
"""

import http.client
import json
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

import click

from resource_hub.infra import gateway, installation, janus, migrate, programs, store, turn
from resource_hub.infra.installation import Installation, StartRefused
from resource_hub.kernel import addresses, clock
from resource_hub.kernel.settings import Settings

_ASK_S = 10
_LEAST_DAYS = 7
_EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)


class Level(StrEnum):
    GOOD = "✓"
    REMARK = "!"
    WRONG = "✗"


@dataclass(frozen=True, slots=True)
class Finding:
    level: Level
    chinese: str
    english: str


@click.command("doctor")
def command() -> None:
    """逐项检查平台，用文字说明哪里有问题、怎么办。 / Check every part; say what is wrong and what helps."""
    settings = Settings.read()
    worst = 0
    for finding in _examine(settings):
        click.echo(f"{finding.level} {finding.chinese}\n  {finding.english}")
        worst += finding.level is Level.WRONG
    if worst:
        click.echo(f"\n有 {worst} 处问题。 / {worst} problem(s).")
        raise SystemExit(1)
    click.echo("\n一切正常。 / All is well.")


def _examine(settings: Settings) -> Iterator[Finding]:
    yield _good(
        f"设置可用：{settings.origin}，数据在 {settings.data_path}", f"Settings are sound: {settings.origin}, data in {settings.data_path}"
    )
    yield from _disk(settings)
    yield from _programs()
    yield from _clock(settings)
    yield from _static()
    yield from _database(settings)
    try:
        found = installation.load(settings)
    except StartRefused as refusal:
        yield _wrong(refusal.message, refusal.english)
        return
    components = _ask_gateway(settings)
    if components is None:
        yield _wrong(
            f"平台没有运行，或网关在端口 {settings.port} 没有应答。请运行 make run；若已在运行，看 {settings.data_path}/logs/。",
            f"The platform is not running, or its gateway does not answer on port {settings.port}. Run make run, or see the logs folder.",
        )
    else:
        yield from _components(components)
    yield from _storage(found, is_running=components is not None)
    yield from _relay(settings, is_running=components is not None)
    yield _forwarder(settings)
    yield from _https(settings)


def _disk(settings: Settings) -> Iterator[Finding]:
    try:
        data = installation.prepare_data(settings)
    except StartRefused as refusal:
        yield _wrong(refusal.message, refusal.english)
        return
    free_gb, least = shutil.disk_usage(data).free / 1e9, float(settings.min_free_gb)
    if free_gb < least:
        yield _wrong(
            f"磁盘只剩 {free_gb:.1f} GB（少于 {least:g} GB），不再接受上传。请清理或扩充磁盘。",
            f"Only {free_gb:.1f} GB of disk left (below {least:g}); uploads are refused. Free some space or add a disk.",
        )
    else:
        yield _good(f"数据目录可写，磁盘还有 {free_gb:.0f} GB", f"The data folder can be written; {free_gb:.0f} GB free")


def _programs() -> Iterator[Finding]:
    for program in programs.PROGRAMS:
        if program.is_there:
            line = program.first_line()[:70]
            yield _good(f"{program.name}({program.chinese}):{line}", f"{program.name} ({program.english}): {line}")
        else:
            yield _install(program.name, program.package, program.chinese, program.english)
    if not programs.tesseract_reads_chinese():
        yield _install("tesseract chi_sim", "tesseract-ocr-chi-sim", "识别中文扫描件", "reading Chinese scans")
    if not programs.chinese_fonts():
        yield _install("Noto CJK", "fonts-noto-cjk", "文档中的中文字", "Chinese characters in documents")
    for find in (store.weed_path, gateway.caddy_path):
        try:
            find()
        except StartRefused as refusal:
            yield _wrong(refusal.message, refusal.english)
    yield _walls()


def _walls() -> Finding:
    """How well the programs that open uploaded files are walled in; asked of the worker's own code, as it would start them."""
    asked = subprocess.run([sys.executable, "-m", "media_worker.confinement"], capture_output=True, text=True, timeout=120, check=False)
    remedy = (
        "请技术员允许 user namespaces 和挂载(Ubuntu 24.04:sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0;"
        "容器：加 --cap-add SYS_ADMIN --security-opt apparmor=unconfined)，再重新启动平台。"
    )
    english = (
        "Allow user namespaces and mounts (Ubuntu 24.04: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0; "
        "containers: --cap-add SYS_ADMIN --security-opt apparmor=unconfined), then start the platform again."
    )
    match asked.stdout.strip():
        case "closed":
            return _good(
                "处理文件的程序完全隔离：看不到平台的数据，连不上网络和其他程序，只能写自己的工作文件夹",
                "Programs that open files are walled in: no data of the platform, no network, no other program, "
                "and they write into their work folder only",
            )
        case "network":
            return _remark(
                f"处理文件的程序连不上网络，但看得到这台机器上的其他文件：这里不允许挂载。{remedy}",
                f"Programs that open files reach no network but see other files of this machine, as mounts are not allowed here. {english}",
            )
        case _:
            return _remark(
                f"处理文件的程序没有隔离，只有时间、内存和文件大小的限制：这里不允许 namespaces。{remedy}",
                "Programs that open files are not walled in; only time, memory and file size are limited, "
                f"as namespaces are not allowed here. {english}",
            )


def _clock(settings: Settings) -> Iterator[Finding]:
    now = datetime.now(UTC)
    if settings.clock:
        yield _remark(
            f"HUB_CLOCK 已设置，平台时间从 {settings.clock} 开始（仅用于演示）",
            f"HUB_CLOCK is set: time starts at {settings.clock} (demo only)",
        )
    if now < _EARLIEST or not _is_synchronised():
        yield _wrong(
            f"系统时钟（{now:%Y-%m-%d %H:%M} UTC）没有对时。请打开网络对时：sudo timedatectl set-ntp true",
            f"The system clock ({now:%Y-%m-%d %H:%M} UTC) is not synchronised. Turn it on: sudo timedatectl set-ntp true",
        )
    else:
        local = clock.now().astimezone(settings.zone)
        yield _good(f"时钟 {local:%Y-%m-%d %H:%M}({settings.timezone})", f"Clock {local:%Y-%m-%d %H:%M} ({settings.timezone})")


def _is_synchronised() -> bool:
    """Whether the system trusts its clock; a machine that cannot tell (a container) is believed."""
    try:
        said = subprocess.run(["timedatectl", "show", "-p", "NTPSynchronized"], capture_output=True, text=True, timeout=_ASK_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return True
    return said.returncode != 0 or "NTPSynchronized=no" not in said.stdout


def _static() -> Iterator[Finding]:
    if (gateway.BUILT / "manifest.json").exists():
        yield _good("页面文件已生成", "The pages' files are built")
    else:
        yield _wrong("页面文件还没有生成。请运行 make assets。", "The pages' files are not built. Run make assets.")


def _database(settings: Settings) -> Iterator[Finding]:
    kind = "PostgreSQL" if settings.database_url.startswith("postgresql") else "SQLite"
    if kind == "SQLite" and not settings.database_url and not (settings.data_path / "hub.sqlite3").exists():
        yield _wrong(
            "还没有数据库，第一次启动时会建立。请运行 make run。", "There is no database yet; the first start makes it. Run make run."
        )
        return
    try:
        stands, wanted = migrate.current(settings), migrate.head()
    except Exception as error:  # noqa: BLE001 -- whatever the driver throws is the finding
        reason = str(error).strip().partition("\n")[0][:200]
        yield _wrong(
            f"数据库连接不上：{reason}。请检查 HUB_DATABASE_URL 和数据库服务。",
            f"The database cannot be reached: {reason}. Check HUB_DATABASE_URL and the database server.",
        )
        return
    if stands != wanted:
        yield _wrong(
            f"数据库表结构是 {stands}，本版本需要 {wanted}。请运行 make migrate。",
            f"The tables stand at {stands}, this version needs {wanted}. Run make migrate.",
        )
    else:
        yield _good(f"数据库 {kind}，表结构 {stands}", f"Database {kind}, tables at {stands}")


def _components(components: dict[str, Any]) -> Iterator[Finding]:
    names = {"database": "数据库", "storage": "存储", "search": "搜索", "worker": "后台处理", "gateway": "网关", "web": "网页"}
    for name, state in components.items():
        status, note = (state["status"], state.get("note", "")) if isinstance(state, dict) else (state, "")
        if status == "ok":
            yield _good(f"{names.get(name, name)}正常", f"{name} is well ({note})" if note else f"{name} is well")
        else:
            yield _wrong(
                f"{names.get(name, name)}有问题：{note or status}。它会自动重启；若一直如此，看数据目录 logs/ 里的记录。",
                f"{name} is down: {note or status}. It is started again by itself; if this stays, see logs/ in the data folder.",
            )


def _storage(found: Installation, *, is_running: bool) -> Iterator[Finding]:
    if found.has_own_store and not is_running:
        yield _remark("平台没有运行，存储没有检查", "Storage was not checked, as the platform is not running")
        return
    try:
        store.probe(found)
    except store.StoreNotReady as error:
        yield _wrong(
            f"存储不能写入（{found.s3_endpoint}）：{str(error)[:200]}。请检查磁盘空间和 HUB_S3_* 设置。",
            f"Storage cannot be written ({found.s3_endpoint}): {str(error)[:200]}. Check disk space and the HUB_S3_* settings.",
        )
    else:
        yield _good(f"存储能写、能读、能删（{found.s3_endpoint}）", f"Storage writes, reads and deletes ({found.s3_endpoint})")


def _relay(settings: Settings, *, is_running: bool) -> Iterator[Finding]:
    """Which ways to the relay are there, and which are missing."""
    if not settings.turn_host:
        yield _remark(
            "没有声音画面的中继：隔着防火墙的教室可能连不上。请安装 coturn，并设 HUB_TURN_HOST。",
            "No relay of sound and picture: rooms behind firewalls may not reach each other. Install coturn and set HUB_TURN_HOST.",
        )
        return
    if turn.program() is None:
        yield _install("turnserver", "coturn", "声音画面的中继", "the relay of sound and picture")
        return
    if not is_running:
        yield _remark("平台没有运行，中继没有检查", "The relay was not checked, as the platform is not running")
        return
    place = f"{settings.turn_host}:{settings.turn_port}"
    for transport in ("udp", "tcp"):
        if turn.answers(settings, transport):
            yield _good(f"中继 {place} 的 {transport.upper()} 通", f"The relay answers at {place} by {transport.upper()}")
        else:
            yield _wrong(
                f"中继 {place} 的 {transport.upper()} 不通。请在防火墙放行这个端口的 {transport.upper()}，记录在 logs/relay.log。",
                f"The relay does not answer at {place} by {transport.upper()}. Open that port in the firewall; see logs/relay.log.",
            )
    if settings.turn_port != "443":
        yield _remark(
            f"中继用端口 {settings.turn_port}：只放行 443 的网络过不来。给它一个单独的地址，再设 HUB_TURN_PORT=443。",
            f"The relay is at port {settings.turn_port}: networks that let only 443 out do not reach it. "
            "Give it an address of its own and set HUB_TURN_PORT=443.",
        )


def _forwarder(settings: Settings) -> Finding:
    if settings.sfu_url:
        return _good(f"多教室转发在 {settings.sfu_url}", f"The forwarder of several rooms is at {settings.sfu_url}")
    if janus.program() is None:
        return _remark(
            "没有安装多教室转发：三个及以上教室的声音画面由主讲的电脑分别发送。可运行：sudo apt-get install --no-install-recommends janus",
            "No forwarder: in lessons of three rooms and more the lead's computer sends to each. "
            "Run: sudo apt-get install --no-install-recommends janus",
        )
    if not janus.is_wanted(settings):
        return _remark(
            "多教室转发没有启动：平台只对本机开放。请设 HUB_LISTEN 或 HUB_SFU_HOST。",
            "The forwarder does not run, as only this machine reaches the platform. Set HUB_LISTEN or HUB_SFU_HOST.",
        )
    ports = settings.sfu_ports
    return _good(f"多教室转发会启动，请放行 UDP 端口 {ports}", f"The forwarder is to run; its UDP ports {ports} must be open")


def _https(settings: Settings) -> Iterator[Finding]:
    if not settings.is_secure:
        if not addresses.is_loopback(settings.listen):
            yield _remark(
                "没有 HTTPS:别的电脑上不能使用摄像头和麦克风。请设 HUB_PUBLIC_URL=https://…",
                "No HTTPS: cameras and microphones of other computers stay closed. Set HUB_PUBLIC_URL=https://…",
            )
        return
    public = urlsplit(settings.origin)
    name, port = public.hostname or "", public.port or 443
    try:
        until = _certificate_end(settings, name, port)
    except (OSError, ValueError) as error:
        yield _wrong(
            f"HTTPS 没有应答（{name}:{port}）：{error}。请检查端口和 HUB_PUBLIC_URL，记录在 logs/gateway.log。",
            f"HTTPS does not answer ({name}:{port}): {error}. Check the port and HUB_PUBLIC_URL; see logs/gateway.log.",
        )
        return
    if until - datetime.now(UTC) < timedelta(days=_LEAST_DAYS):
        yield _wrong(
            f"HTTPS 证书 {until:%Y-%m-%d} 到期，没有自动续期。看 logs/gateway.log。",
            f"The certificate ends on {until:%Y-%m-%d} and was not renewed. See logs/gateway.log.",
        )
    else:
        yield _good(f"HTTPS 正常，证书到 {until:%Y-%m-%d}", f"HTTPS is well; certificate until {until:%Y-%m-%d}")


def _certificate_end(settings: Settings, name: str, port: int) -> datetime:
    own = gateway.ca_certificate_path(settings)
    trusting = ssl.create_default_context(cafile=str(own) if own.exists() and not gateway.is_public_name(name) else None)
    with (
        socket.create_connection((addresses.local(settings.listen), port), timeout=_ASK_S) as plain,
        trusting.wrap_socket(plain, server_hostname=name) as secure,
    ):
        certificate = secure.getpeercert() or {}
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)


def _ask_gateway(settings: Settings) -> dict[str, Any] | None:
    asked = http.client.HTTPConnection(addresses.local(settings.listen), int(settings.port), timeout=_ASK_S)
    try:
        asked.request("GET", "/healthz")
        answer: dict[str, Any] = json.loads(asked.getresponse().read())["components"]
    except (OSError, http.client.HTTPException, ValueError, KeyError):
        return None
    finally:
        asked.close()
    return answer


def _install(name: str, package: str, chinese: str, english: str) -> Finding:
    line = f"sudo apt-get install --no-install-recommends {package}"
    return _wrong(f"缺少 {name}（{chinese}）。请运行：{line}", f"{name} is missing ({english}). Run: {line}")


def _finding(level: Level) -> Callable[[str, str], Finding]:
    return lambda chinese, english: Finding(level, chinese, english)


_good, _remark, _wrong = _finding(Level.GOOD), _finding(Level.REMARK), _finding(Level.WRONG)
