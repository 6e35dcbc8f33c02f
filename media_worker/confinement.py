"""The walls around outside programs: what they see of this machine, and as whom they run.

Beside ``sandbox``, which bounds what a program takes, this bounds what it can reach. It gets a
root folder of its own with nothing in it but programs, fonts, the files its command line names
(all read-only) and its work folder: no data of the hub, no socket, no network, no other process.
Rule: made of util-linux alone, so that the walls stand wherever the hub runs.

``python -m media_worker.confinement`` prints the level that this machine allows.
"""

import logging
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

log = logging.getLogger(__name__)

_NOBODY = 65534
_TRIAL_S = 20
_ROOT = "/sys"
"""Where the new root is laid, in a mount namespace of its own: it is on every machine and nothing of ours lies below."""
_PROGRAMS = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store", "/gnu/store")
_DATA = (
    "/etc/alternatives", "/etc/fonts", "/etc/ld.so.cache", "/etc/libreoffice", "/etc/localtime", "/var/cache/fontconfig",
    "/var/lib/libreoffice",
)  # fmt: skip
_DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
_READ_ONLY = "rbind,ro,nosuid,nodev"
_KEEP_IN = f"mount --make-rprivate {_ROOT}"
"""Before the new root is laid and after: a place bound into it comes with the ties of where it came from."""

# Outermost first: die with us; then the namespaces; inside them no capability is needed any more.
_DIE_WITH_US = ("setpriv", "--pdeathsig", "KILL")
_NAMESPACES = ("--net", "--ipc", "--pid", "--fork", "--kill-child=KILL")
_AS_OURSELVES = ("--user", "--map-root-user")
# Changing the user forgets the death signal that ``unshare`` set, so it is set again.
_POWERLESS = ("setpriv", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs", "--pdeathsig", "KILL")
_AS_NOBODY = (f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups")


class Level(StrEnum):
    """How well programs are walled in on this machine."""

    CLOSED = "closed"
    """They see programs and their work folder only."""
    NETWORK = "network"
    """They reach no network and no other process, but see the files that we see."""
    LIMITS = "limits"
    """They are bounded in time, memory and size only."""


@dataclass(frozen=True, slots=True)
class Walls:
    """One way to start a program; ``owner`` is who it runs as, when not as ourselves.

    ``is_within_root``: the root folder that we see is no mount of its own, as in a chroot; what is mounted
    within the walls is then kept from the machine place by place instead of all at once.
    """

    level: Level
    outside: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()
    owner: int | None = None
    is_within_root: bool = False

    def around(self, argv: Sequence[str], folder: Path, bounds: Sequence[str] = ()) -> list[str]:
        """Return the command that runs ``argv`` within these walls and ``bounds``, its work folder being ``folder``."""
        within = [*self.inside, *bounds, *argv]
        if self.level is not Level.CLOSED:
            return [*self.outside, *within]
        lines = _lay_root(argv, folder)
        if self.is_within_root:
            lines = [_KEEP_IN, *lines, _KEEP_IN]
        return [*self.outside, "sh", "-c", "\n".join(["set -eu", *lines, _enter(folder)]), "sh", *within]


@cache
def walls() -> Walls:
    """Return the strongest walls that stand here; tried once per process."""
    found = next((way for way in ways() if stands(way)), Walls(Level.LIMITS))
    if found.level is not Level.CLOSED:
        log.warning("media tools are walled in less than they should be (%s): see resource-hub doctor", found.level)
    return found


def give(folder: Path, owner: int) -> None:
    """Make ``folder`` and all in it belong to ``owner``, who works there next."""
    if any(place.is_relative_to(folder) for place in _no_work_folders()):
        raise ValueError(folder)
    for path in (folder, *_below(folder)):
        if path.lstat().st_uid != owner:
            os.chown(path, owner, owner, follow_symlinks=False)


def remove_traps(folder: Path) -> None:
    """Leave only plain files and folders in ``folder``.

    A link that a hostile program left behind would lead us, who may read more, to what it names; a
    pipe would hold us for ever.
    """
    for path in _below(folder):
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            path.unlink(missing_ok=True)


def ways() -> Iterator[Walls]:
    """Return how programs may be started here, the strongest first; whether each stands is for the kernel to say."""
    apart = (*_DIE_WITH_US, "unshare", *_NAMESPACES)
    if os.geteuid() == 0:
        yield Walls(Level.CLOSED, (*apart, "--mount"), (*_POWERLESS, *_AS_NOBODY), _NOBODY)
        unchanged = ("--mount", "--propagation", "unchanged")
        yield Walls(Level.CLOSED, (*apart, *unchanged), (*_POWERLESS, *_AS_NOBODY), _NOBODY, is_within_root=True)
    yield Walls(Level.CLOSED, (*apart, "--mount", *_AS_OURSELVES), _POWERLESS)
    yield Walls(Level.NETWORK, apart, _POWERLESS)
    yield Walls(Level.NETWORK, (*apart, *_AS_OURSELVES), _POWERLESS)
    yield Walls(Level.LIMITS, _DIE_WITH_US, ("setpriv", "--no-new-privs"))


def stands(way: Walls) -> bool:
    """Run our own Python this way: it must start, see its libraries and write into its folder."""
    with tempfile.TemporaryDirectory(prefix="hub-walls-") as name:
        folder = Path(name)
        try:
            if way.owner is not None:
                give(folder, way.owner)
            command = way.around([sys.executable, "-I", "-c", "import ctypes; open('made', 'w')"], folder)
            tried = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=_TRIAL_S, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            log.info("walls refused: %s", error)
            return False
        if tried.returncode == 0 and (folder / "made").exists():
            return True
        log.info("walls refused: %s", tried.stderr.decode("utf-8", "replace").strip()[-500:])
        return False


def _lay_root(argv: Sequence[str], folder: Path) -> list[str]:
    """Return the lines of shell that lay the new root.

    One table and one ``mount`` for all binds, since each program that starts costs a millisecond.
    """
    folder = folder.absolute()
    binds = [*_system_binds(), *_named_binds(argv, folder), (str(folder), "rbind,nosuid,nodev,noexec")]
    files = [_ROOT + source for source, _ in binds if not Path(source).is_dir()]
    folders = {_ROOT + source for source, _ in binds} - set(files) | {str(Path(file).parent) for file in files} | {f"{_ROOT}/proc"}
    table = "".join(f"{_escaped(source)} {_escaped(_ROOT + source)} none {options} 0 0\n" for source, options in binds)
    return [
        f"mount -t tmpfs -o size=64m,mode=755,nosuid,nodev tools {_ROOT}",
        f"mkdir -m 1777 {_ROOT}/tmp",  # noqa: S108 -- its own
        f"mkdir -p {shlex.join(sorted(folders))}",
        # LibreOffice does not start without /proc. Where a container forbids a new one, its own shows which programs run in it.
        f"mount -t proc -o ro,nosuid,nodev,noexec proc {_ROOT}/proc 2>/dev/null || mount --rbind /proc {_ROOT}/proc",
        *(f": > {shlex.quote(file)}" for file in files),
        f"printf %s {shlex.quote(table)} > {_ROOT}/table",
        f"mount -a -T {_ROOT}/table",
    ]


def _enter(folder: Path) -> str:
    return f'exec unshare --root={_ROOT} --wd={shlex.quote(str(folder.absolute()))} "$@"'


@cache
def _system_binds() -> tuple[tuple[str, str], ...]:
    """What every program may see. Of an environment only these parts: the hub's data may lie beside them."""
    prefixes = {sys.prefix, sys.base_prefix}
    python = [f"{prefix}/{part}" for prefix in sorted(prefixes) for part in ("bin", "lib", "lib64", "pyvenv.cfg")]
    offices = map(str, sorted(Path("/opt").glob("libreoffice*")))
    shown = [path for path in (*_PROGRAMS, *offices, *_DATA) if Path(path).exists()]
    shown += [path for path in python if Path(path).exists() and not _is_within(path, shown)]
    return (*((path, _READ_ONLY) for path in shown), *((path, "bind") for path in _DEVICES))


def _named_binds(argv: Sequence[str], folder: Path) -> Iterator[tuple[str, str]]:
    """The program itself and the files on its command line, where they are not seen already."""
    seen = [str(folder), *(path for path, _ in _system_binds())]
    program = shutil.which(argv[0])
    if program and not _is_within(program, seen):
        yield program, _READ_ONLY
    for path in sorted({part.removeprefix("file:") for part in argv[1:]}):
        if path.startswith("/") and not _is_within(path, seen) and Path(path).is_file():
            yield path, f"{_READ_ONLY},noexec"


def _is_within(path: str, folders: Iterable[str]) -> bool:
    return any(Path(path).is_relative_to(folder) for folder in folders)


def _escaped(path: str) -> str:
    """Return ``path`` as a table of mounts writes it."""
    return "".join(f"\\{ord(sign):03o}" if sign in " \t\n\\#" else sign for sign in path)


def _no_work_folders() -> Iterator[Path]:
    """Folders with more in them than one job's files: giving one away would give away the machine."""
    yield from map(Path, (*_PROGRAMS, "/etc", "/var/tmp", sys.prefix, tempfile.gettempdir()))  # noqa: S108 -- named, not used
    yield Path.home()


def _below(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        yield from (Path(parent, name) for name in (*folders, *files))


if __name__ == "__main__":
    sys.stdout.write(f"{walls().level}\n")
