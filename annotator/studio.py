"""A Label Studio of one's own: started, found again and stopped without a person; it listens on this machine only.

The server lives in a virtual environment of its own (`Settings.studio_executable`) and keeps everything in
`Settings.studio_dir`: the database, if it is not a PostgreSQL (`Settings.studio_database`), `server.log`,
`server.json` (process and port) and `credentials.json` (user, password and token, made at random on the first
start, readable by this user alone).
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from annotator.errors import BadArgument, LabelStudioError
from annotator.postgres import database
from annotator.store import locked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from annotator.postgres import Database
    from annotator.settings import Settings

__all__ = ["Server", "access", "start", "status", "stop"]

LOOPBACK = "127.0.0.1"
LOCAL_HOSTS = frozenset({LOOPBACK, "localhost"})
PACKAGE = "label-studio==1.23.2"

# No version check, no usage statistics, no crash reports, from the server and from the pages that it sends.
QUIET = {
    "LABEL_STUDIO_LATEST_VERSION_CHECK": "false",
    "LABEL_STUDIO_COLLECT_ANALYTICS": "false",
    "LABEL_STUDIO_SENTRY_DSN": "",
    "LABEL_STUDIO_FRONTEND_SENTRY_DSN": "",
    "LABEL_STUDIO_LOG_LEVEL": "WARNING",
}
# The ML backend runs on this machine too, which the server refuses by default, and this machine may be busy:
# how long it waits, in seconds, for "are you well", for a first answer and for annotations.
LIVE = {
    "LABEL_STUDIO_ML_BLOCK_LOCAL_IP": "false",
    "LABEL_STUDIO_ML_TIMEOUT_HEALTH": "5",
    "LABEL_STUDIO_ML_TIMEOUT_SETUP": "10",
    "LABEL_STUDIO_ML_TIMEOUT_PREDICT": "600",
}
# What would point the server at another database or setting, or is a secret of ours that it need not know.
FOREIGN = ("ANNOTATOR_", "LABEL_STUDIO_", "DJANGO_", "POSTGRE_", "PYTHONPATH", "PYTHONWARNINGS", "PYTHONHOME")


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: where it answers, whose it is, and the file that holds user, password and token."""

    url: str
    pid: int
    port: int
    data_dir: Path
    credentials: Path
    user: str
    reused: bool = False


def start(settings: Settings, *, wait_s: float = 600) -> Server:
    """Start the server and wait until it takes our token, or find the one that runs already.

    It goes on after this process ends. The first start makes the database, which takes about a minute.
    Raises BadArgument for a host other than 127.0.0.1 or an address of a database that is none;
    LabelStudioError if it is not installed, its database does not answer, its port is taken or it does not come
    up; Busy while somebody else starts or stops it.
    """
    _refuse_other_hosts(settings)
    where = database(settings.studio_database) if settings.studio_database is not None else None
    folder = settings.studio_dir.resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked(folder):
        running = status(settings)
        if running is not None:
            if running.port != settings.studio_port:
                raise LabelStudioError(
                    f"the server of {folder} runs on port {running.port}: stop it before you change the port"
                )
            _wait(running, _secret(folder, "token"), wait_s)
            return replace(running, reused=True)
        executable = _executable(settings)
        # Asked first, since Label Studio would silently take the next port.
        if not _await_free(settings.studio_port, patience_s=3):
            raise LabelStudioError(
                f"port {settings.studio_port} is in use by another program: set ANNOTATOR_STUDIO_PORT"
            )
        credentials = _credentials(folder, settings)
        pid = _launch(executable, folder, settings.studio_port, credentials, where)
        try:
            _write_private(
                folder / "server.json", {"pid": pid, "port": settings.studio_port, "born": _born(pid)}
            )
            server = _server(folder, pid, settings.studio_port)
            _wait(server, credentials["token"], wait_s)
        except BaseException:
            _end(pid, grace_s=5)
            (folder / "server.json").unlink(missing_ok=True)
            raise
    return server


def stop(settings: Settings, *, grace_s: float = 20) -> bool:
    """End the server that `start` started, no other process, and say whether one was running."""
    folder = settings.studio_dir.resolve()
    if not folder.exists():
        return False
    with locked(folder):
        running = status(settings)
        if running is not None:
            _end(running.pid, grace_s=grace_s)
            _await_free(running.port, patience_s=10)
        (folder / "server.json").unlink(missing_ok=True)
    return running is not None


def status(settings: Settings) -> Server | None:
    """The server of `settings.studio_dir` if its process runs, else None."""
    folder = settings.studio_dir.resolve()
    try:
        state = json.loads((folder / "server.json").read_text())
        pid, port, born = int(state["pid"]), int(state["port"]), state["born"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    # A process number is used again: it is ours only if it was born when ours was.
    return _server(folder, pid, port) if born is not None and born == _born(pid) else None


def access(settings: Settings) -> tuple[str, SecretStr]:
    """Address and token for push and pull: those that were set, else those of the local server.

    Raises LabelStudioError if no token was set and the address is not that of a server started here.
    """
    if settings.studio_token is not None:
        return settings.url, settings.studio_token
    folder = settings.studio_dir.resolve()
    if settings.studio_url is not None and settings.studio_url.rstrip("/") not in _local_urls(settings):
        raise LabelStudioError(f"no token for {settings.studio_url}: set ANNOTATOR_STUDIO_TOKEN")
    return settings.url, SecretStr(_secret(folder, "token"))


def _local_urls(settings: Settings) -> set[str]:
    return {f"http://{host}:{settings.studio_port}" for host in LOCAL_HOSTS}


def _refuse_other_hosts(settings: Settings) -> None:
    if settings.studio_host not in LOCAL_HOSTS:
        raise BadArgument(f"a local server listens on {LOOPBACK} only, not on {settings.studio_host}")
    if settings.studio_url is not None and settings.studio_url.rstrip("/") not in _local_urls(settings):
        raise BadArgument(
            f"{settings.studio_url} is not a server of this machine to start: unset ANNOTATOR_STUDIO_URL"
        )


def _server(folder: Path, pid: int, port: int) -> Server:
    path = folder / "credentials.json"
    return Server(f"http://{LOOPBACK}:{port}", pid, port, folder, path, _secret(folder, "user"))


def _executable(settings: Settings) -> str:
    found = shutil.which(settings.studio_executable)
    if found is None:
        venv = Path(settings.studio_executable).parent.parent
        raise LabelStudioError(
            f"Label Studio is not at {settings.studio_executable}: "
            f"python3 -m venv {venv} && {venv}/bin/pip install {PACKAGE}"
        )
    return str(Path(found).absolute())


def _credentials(folder: Path, settings: Settings) -> dict[str, str]:
    """What the first start made, or new ones where there is no server yet."""
    path = folder / "credentials.json"
    if path.exists():
        return {key: _secret(folder, key) for key in ("user", "password", "token")}
    if (folder / "label_studio.sqlite3").exists():
        raise LabelStudioError(
            f"{path} is gone: put it back, or set a password with label-studio reset_password"
        )
    given = settings.studio_password
    made = {
        "user": settings.studio_user,
        "password": given.get_secret_value() if given is not None else secrets.token_urlsafe(18),
        "token": secrets.token_hex(20),
    }
    _write_private(path, made)
    return made


def _secret(folder: Path, key: str) -> str:
    path = folder / "credentials.json"
    try:
        return str(json.loads(path.read_text())[key])
    except FileNotFoundError:
        raise LabelStudioError(f"no server was started in {folder} yet: annotator studio start") from None
    except (OSError, ValueError, KeyError):
        raise LabelStudioError(
            f"{path} cannot be read: put back the file that the first start made"
        ) from None


def _write_private(path: Path, value: Mapping[str, Any]) -> None:
    """Write for this user's eyes only, whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        json.dump(value, handle)
    part.replace(path)


def _taken(port: int) -> bool:
    """Whether somebody listens."""
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex((LOOPBACK, port)) == 0


def _launch(
    executable: str, folder: Path, port: int, credentials: Mapping[str, str], where: Database | None
) -> int:
    """Start the server in a session of its own and return its process number.

    Secrets go through the environment, which only this user can read, never on the command line. Token and
    password count on the first start only; the server ignores them afterwards.
    """
    environment = {k: v for k, v in os.environ.items() if not k.startswith(FOREIGN)}
    environment |= QUIET | LIVE | (where.for_server() if where is not None else {})
    environment |= {
        "LABEL_STUDIO_BASE_DATA_DIR": str(folder),
        "LABEL_STUDIO_PORT": str(port),
        "LABEL_STUDIO_USERNAME": credentials["user"],
        "LABEL_STUDIO_PASSWORD": credentials["password"],
        "LABEL_STUDIO_USER_TOKEN": credentials["token"],
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
        "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
    }
    log = folder / "server.log"
    log.touch(mode=0o600)
    # A shell that ends at once leaves the server to the system: it needs no parent to stay or to bury it.
    line = '"$0" start --no-browser --internal-host "$1" </dev/null >>"$2" 2>&1 & echo $!'
    done = subprocess.run(
        ["/bin/sh", "-c", line, executable, LOOPBACK, str(log)],
        env=environment,
        cwd=folder,
        start_new_session=True,
        stdout=subprocess.PIPE,
        check=True,
    )
    return int(done.stdout)


def _wait(server: Server, token: str, wait_s: float) -> None:
    """Return once the server is up and takes our token; raise if it ends, refuses or takes too long."""
    log = server.data_dir / "server.log"
    deadline = time.monotonic() + wait_s
    while time.monotonic() < deadline:
        if _born(server.pid) is None:
            raise LabelStudioError(f"Label Studio ended while it started: see {log}")
        if _get(f"{server.url}/health") == 200:
            answer = _get(f"{server.url}/api/current-user/whoami", token)
            if answer == 200:
                return
            if answer in {401, 403}:
                raise LabelStudioError(
                    f"the server at {server.url} does not know the token of {server.credentials}"
                )
        time.sleep(0.3)
    raise LabelStudioError(f"Label Studio was not ready after {wait_s:.0f} seconds: see {log}")


def _get(url: str, token: str | None = None) -> int | None:
    """The status that `url` answers with, asked directly whatever proxies are set; None for no answer."""
    request = urllib.request.Request(url, headers={"Authorization": f"Token {token}"} if token else {})  # noqa: S310
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except OSError:
        return None


def _end(pid: int, *, grace_s: float) -> None:
    """Ask the process to end, and end it if it has not after the time of grace."""
    born = _born(pid)
    for number, patience in ((signal.SIGTERM, grace_s), (signal.SIGKILL, 10.0)):
        deadline = time.monotonic() + patience
        if born is None or _born(pid) != born:
            return
        os.kill(pid, number)
        while time.monotonic() < deadline and _born(pid) == born:
            time.sleep(0.1)


def _await_free(port: int, *, patience_s: float) -> bool:
    """Whether nobody listens, now or so long on at most.

    A process that was killed, or whose first thread has ended, may hold its port with another for a moment.
    """
    deadline = time.monotonic() + patience_s
    while taken := _taken(port):
        if time.monotonic() > deadline:
            break
        time.sleep(0.1)
    return not taken


def _born(pid: int) -> str | None:
    """When the process began, in the system's own words; None if there is none or it has ended."""
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return None if fields[0] in {"Z", "X"} else fields[19]
    answer = subprocess.run(
        ["/bin/ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return answer.stdout.strip() or None
