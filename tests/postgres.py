"""One throw-away PostgreSQL for a test session: started when first asked for, gone with it.

It listens on a socket in a private folder only, so sessions side by side do not meet. PostgreSQL
refuses to run as root; under root it runs as the system user ``postgres``.
"""

import atexit
import os
import shutil
import signal
import subprocess
import tempfile
import time
from functools import cache
from itertools import count
from pathlib import Path

import psycopg

_PORT = 54329
_numbers = count(1)


def create_database(name: str | None = None, *, template: str | None = None) -> str:
    """Make a database, empty or as a copy of ``template``, and return its address for settings.

    A template must have no open connections while it is copied.
    """
    name = name or f"hub_test_{next(_numbers)}"
    source = f' TEMPLATE "{template}"' if template else ""
    with psycopg.connect(_url("postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"{source}'.encode())
    return _url(name)


def drop_database(url: str) -> None:
    """Remove a database made here, whoever is still connected to it."""
    name = url.partition("?")[0].rpartition("/")[2]
    with psycopg.connect(_url("postgres"), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())


def _url(name: str) -> str:
    return f"postgresql://postgres@/{name}?host={_cluster()}&port={_PORT}"


@cache
def _cluster() -> Path:
    """Start the server and return the folder of its socket."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="hub-pg-", dir=_place()))
    data = folder / "data"
    as_owner: list[str | Path] = []
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        # The server dies with the test session, even when that is killed.
        as_owner = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--pdeathsig=QUIT"]
    initdb = [*as_owner, programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"]
    # Not from our own folder: its owner may keep it from the user ``postgres``, who then finds no program at all.
    subprocess.run(initdb, check=True, capture_output=True, cwd=folder)
    options = {"listen_addresses": "", "unix_socket_directories": str(folder), "port": str(_PORT), "fsync": "off", "max_connections": "200"}
    command = [*as_owner, programs / "postgres", "-D", data, *(f"--{key}={value}" for key, value in options.items())]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True, cwd=folder)
    atexit.register(_stop, server, folder)
    _wait(folder, server)
    return folder


def _place() -> str | None:
    """Thousands of throw-away databases would wait for a disk: they stand in memory where there is enough."""
    memory = "/dev/shm"
    return memory if os.path.ismount(memory) and shutil.disk_usage(memory).free > 4 << 30 else None


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        raise RuntimeError("PostgreSQL is not installed; `make test` installs it, or: apt-get install postgresql")
    return found[-1].parent


def _wait(folder: Path, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(200):
        try:
            psycopg.connect(f"postgresql://postgres@/postgres?host={folder}&port={_PORT}").close()
        except psycopg.OperationalError:
            if server.poll() is not None:
                break
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"PostgreSQL did not start:\n{(folder / 'log').read_text()}")


def _stop(server: "subprocess.Popen[bytes]", folder: Path) -> None:
    server.send_signal(signal.SIGQUIT)
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
    shutil.rmtree(folder, ignore_errors=True)
