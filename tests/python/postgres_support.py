"""A PostgreSQL server of its own for the tests: in a temporary folder, on a local socket only, ended with them."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path


def program(name: str) -> str | None:
    """Return a program of the server, also where Debian keeps them out of the path."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    return shutil.which(name) or (str(found[-1]) if found else None)


def _someone() -> dict[str, object]:
    """Return whom to run the server as: it refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    # There is none on Windows, where this server is not run.
    import pwd

    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise RuntimeError("no account that is not root")


@contextlib.contextmanager
def server():
    """Run a server, give the folder of its socket, and take everything away in the end."""
    folder = Path(tempfile.mkdtemp(prefix="ig-pg-"))
    who = _someone()
    if who:
        os.chown(folder, who["user"], who["group"])
    data = folder / "data"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder, **who}
    command = [program("initdb"), "-D", data, "-U", "owner", "-A", "trust", "-E", "UTF8", "--locale=C"]
    running = None
    try:
        subprocess.run([*command, "--no-sync"], check=True, timeout=120, **quiet)
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": folder,
            "fsync": "off",
            "max_connections": "40",
        }
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        running = subprocess.Popen([program("postgres"), "-D", data, *words], **quiet)
        _wait(folder, running)
        yield folder
    finally:
        if running is not None:
            running.send_signal(signal.SIGINT)
            try:
                running.wait(20)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(folder: Path, running: subprocess.Popen) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        assert running.poll() is None, "the server ended by itself"
        pid_file = folder / "data" / "postmaster.pid"
        if pid_file.exists() and "ready" in pid_file.read_text():
            return
        time.sleep(0.05)
    raise TimeoutError("the server did not start")
