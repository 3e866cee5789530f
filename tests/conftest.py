"""A real Label Studio for the tests that need one, and how to do without it where there is none."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import hypothesis
import pytest
from pydantic import SecretStr

from annotator import studio
from annotator.pipeline import Annotator
from annotator.settings import Settings

# A busy machine is no fault of the code.
hypothesis.settings.register_profile(
    "annotator", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("annotator")

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page


@dataclass(frozen=True)
class Studio:
    """A running server with what push and pull need to reach it."""

    url: str
    token: SecretStr
    settings: Settings
    server: studio.Server


@pytest.fixture(scope="session")
def shipped():
    """An annotator of the shipped models, which hold no state of the texts that they have read."""
    return Annotator()


@pytest.fixture(scope="session")
def annotated(shipped: Annotator) -> Callable[[str], list[dict[str, object]]]:
    """The reports of a text by the shipped models, each in words: source, cue, content, who says it, about whom."""

    def found(text):
        document, annotation = shipped.annotate_text(text)
        names = {e.id: e.name for e in annotation.entities}

        def words(spans):
            return " … ".join(s.of(document.text) for s in spans)

        return [
            {
                "source": words(a.source),
                "cue": words(a.cue),
                "content": words(a.content),
                "kind": a.quote_type,
                "act": a.act,
                "who": [names[i] for i in a.speaker_ids],
                "about": [names[i] for i in a.about_ids],
            }
            for a in annotation.attributions
        ]

    return found


def missing(what: str, variable: str) -> None:
    """Skip, or fail where the environment says that `what` has to be there."""
    if os.environ.get(variable) == "1":
        pytest.fail(f"{what}, and {variable}=1 asks for it")
    pytest.skip(what)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def settings_of(folder: Path, executable: str, port: int | None = None, **more: object) -> Settings:
    return Settings(
        _env_file=None,
        studio_dir=folder,
        studio_port=port or free_port(),
        studio_host="127.0.0.1",
        studio_executable=executable,
        studio_user="lead@example.org",
        studio_url=None,
        studio_token=None,
        studio_password=None,
        **{"studio_database": None, **more},
    )


# What no test may show, by what it is.
SECRETS: dict[str, str] = {}


def leaks(shown: str) -> list[str]:
    """Which of the servers' secrets are in a text."""
    return sorted({what for secret, what in SECRETS.items() if secret in shown})


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
    """A test that would show a secret, in a traceback or in what it printed or logged, fails without showing it."""
    report = yield
    found = leaks("".join([report.longreprtext, *(text for _, text in report.sections)]))
    if found:
        report.outcome, report.sections = "failed", []
        report.longrepr = f"{item.nodeid} shows a server's {' and '.join(found)}"
    return report


def running(settings: Settings) -> Studio:
    server = studio.start(settings)
    url, token = studio.access(settings)
    SECRETS.update(
        {value: name for name, value in json.loads(server.credentials.read_text()).items() if name != "user"}
    )
    return Studio(url, token, settings, server)


@pytest.fixture(scope="session")
def studio_executable() -> str:
    named = os.environ.get("ANNOTATOR_STUDIO_EXECUTABLE", ".venv-studio/bin/label-studio")
    local = Path(__file__).parents[1] / named
    found = shutil.which(str(local)) or shutil.which(named) or shutil.which("label-studio")
    if found is None:
        missing("no label-studio to start", "ANNOTATOR_REQUIRE_STUDIO")
    return str(found)


@pytest.fixture(name="running")
def _running() -> Callable[[Settings], Studio]:
    return running


@pytest.fixture(name="require")
def _require() -> Callable[[str, str], None]:
    return missing


@pytest.fixture(scope="session", name="settings_of")
def _settings_of() -> Callable[..., Settings]:
    return settings_of


@pytest.fixture(name="free_port")
def _free_port() -> int:
    return free_port()


@pytest.fixture(scope="session")
def studio_base(studio_executable: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder after its first start, to be copied: the first start takes a minute, the next some seconds.

    `ANNOTATOR_STUDIO_BASE` names one to keep from run to run.
    """
    kept = os.environ.get("ANNOTATOR_STUDIO_BASE")
    folder = Path(kept) if kept else tmp_path_factory.mktemp("studio") / "base"
    if not (folder / "label_studio.sqlite3").exists():
        settings = settings_of(folder, studio_executable)
        try:
            studio.start(settings)
        finally:
            studio.stop(settings)
    return folder


def copied(base: Path, folder: Path, executable: str) -> Settings:
    # With everything in it: the server keeps in `.env` what its tokens are signed with.
    shutil.copytree(base, folder)
    return settings_of(folder, executable)


@pytest.fixture(scope="session")
def studio_server(
    studio_base: Path, studio_executable: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Studio]:
    """One server for all tests that only need a project of their own."""
    settings = copied(studio_base, tmp_path_factory.mktemp("studio") / "shared", studio_executable)
    try:
        yield running(settings)
    finally:
        studio.stop(settings)


@pytest.fixture
def stopped(studio_base: Path, studio_executable: str, tmp_path: Path) -> Iterator[Settings]:
    """A server for one test, ready to be started and stopped by it."""
    settings = copied(studio_base, tmp_path / "studio", studio_executable)
    try:
        yield settings
    finally:
        studio.stop(settings)


@pytest.fixture
def server(stopped: Settings) -> Studio:
    """A running server for one test, which may end it."""
    return running(stopped)


SCREENS = Path(__file__).parents[1] / "out" / "screens"


@pytest.fixture
def page(studio_server: Studio, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A browser in which the user of the server is logged in; requests to other machines fail the test.

    What it shows in the end is kept in `out/screens`, which git leaves alone.
    """
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if executable is None:
        missing("no Chromium to start", "ANNOTATOR_REQUIRE_BROWSER")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - without it there is nothing to import

    secrets = json.loads(studio_server.server.credentials.read_text())
    strangers: list[str] = []

    def look(url: str) -> None:
        if urlsplit(url).scheme in {"http", "https"} and urlsplit(url).hostname != "127.0.0.1":
            strangers.append(url)

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1500, "height": 1000})
        page.set_default_timeout(90_000)
        page.on("request", lambda request: look(request.url))
        page.on("dialog", lambda dialog: strangers.append(dialog.message))  # a script in a story has run
        page.goto(f"{studio_server.url}/user/login/")
        page.fill("input[name=email]", secrets["user"])
        page.fill("input[name=password]", secrets["password"])
        page.keyboard.press("Enter")
        page.wait_for_function("!location.pathname.startsWith('/user/login')")
        yield page
        page.screenshot(path=SCREENS / f"{request.node.name}.png")
        browser.close()
    assert strangers == []


# Every character that an address gives a meaning of its own.
PASSWORD = "of the d@t/b:se %40?#é"


@pytest.fixture(scope="session")
def postgres() -> Iterator[SecretStr]:
    """The address of an empty database on a PostgreSQL of the tests' own; it does not run as root."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    initdb = shutil.which("initdb") or (str(found[-1]) if found else None)
    if initdb is None:
        missing("no PostgreSQL to start", "ANNOTATOR_REQUIRE_POSTGRES")
    programs, port = Path(str(initdb)).parent, free_port()
    place = Path(tempfile.mkdtemp(prefix="annotator-postgres-"))
    (place / "password").write_text(PASSWORD)
    prefix = []
    if os.getuid() == 0:
        prefix = ["runuser", "-u", "postgres", "--"]
        for path in (place, place / "password"):
            shutil.chown(path, "postgres")

    def run(program: str, *arguments: str) -> None:
        command = [*prefix, str(programs / program), *arguments]
        subprocess.run(command, check=True, capture_output=True, cwd=place, stdin=subprocess.DEVNULL)

    data, log = str(place / "data"), str(place / "log")
    run(
        "initdb",
        "-D",
        data,
        "-U",
        "desk",
        "-A",
        "scram-sha-256",
        f"--pwfile={place / 'password'}",
        "-E",
        "UTF8",
    )
    options = f"-p {port} -k {place} -c listen_addresses=127.0.0.1 -c fsync=off"
    # Its output goes to a file: a server that kept our pipe would keep us waiting.
    SECRETS[PASSWORD] = "database's password"
    run("pg_ctl", "-D", data, "-l", log, "-w", "-t", "300", "-o", options, "start")
    try:
        yield SecretStr(f"postgresql://desk:{quote(PASSWORD, safe='')}@127.0.0.1:{port}/postgres")
    finally:
        run("pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(place)
