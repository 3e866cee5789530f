"""Label Studio from the terminal: the server, its people, suggestions while they work, safety copies."""

from __future__ import annotations

import os
import secrets
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from annotator.errors import BadArgument

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import SecretStr

    from annotator.backups import Backup
    from annotator.settings import Settings
    from annotator.studio import Server

studio_app = typer.Typer(rich_markup_mode=None)
errors = Console(stderr=True, highlight=False, soft_wrap=True)
output = Console(highlight=False, soft_wrap=True)

File = Annotated[Path, typer.Argument(metavar="FILE", help="What `studio backup` wrote.")]
Port = Annotated[int | None, typer.Option("--port", help="Where the server listens, or should.")]


@studio_app.command(epilog="Example: annotator studio start --port 8090")
def start(port: Port = None) -> None:
    """Start Label Studio on this machine.

    On 127.0.0.1, with SQLite or the PostgreSQL of ANNOTATOR_STUDIO_DATABASE; waits until it answers.
    """
    from annotator import studio

    errors.print("Starting Label Studio; the first time this takes a minute")
    _say(_server(studio.start(settings_of(port))))


@studio_app.command(epilog="Example: annotator studio stop")
def stop() -> None:
    """Stop it; its data stay."""
    from annotator import studio

    _say("stopped" if studio.stop(settings_of()) else "was not running")


@studio_app.command(epilog="Example: annotator studio status")
def status() -> None:
    """Tell whether it runs, and where.

    The exit code is 1 if it does not.
    """
    from annotator import studio

    server = studio.status(settings_of())
    _say(_server(server) if server else "not running")
    if server is None:
        raise typer.Exit(1)


@studio_app.command(epilog="Example: annotator studio backend --project stories")
def backend(
    *,
    project: Annotated[str, typer.Option("--project", help="The project's title in Label Studio.")],
    host: Annotated[
        str, typer.Option("--host", help="Where to answer; 0.0.0.0: from everywhere.")
    ] = "127.0.0.1",
    at: Annotated[int, typer.Option("--at", metavar="PORT", help="The port to answer on.")] = 9191,
    address: Annotated[
        str | None, typer.Option("--address", metavar="URL", help="Where the server finds it, if elsewhere.")
    ] = None,
    switch: Annotated[
        bool, typer.Option("--switch", help="Let the project show this model's version.")
    ] = False,
    models: Annotated[
        str, typer.Option("--models", help="Whose syntax and names: bundled or stanza.")
    ] = "bundled",
    port: Port = None,
) -> None:
    """Annotate a project's stories when they are opened.

    And when "Retrieve predictions" is asked for, and those that stay without an annotation. Runs until Ctrl-C;
    the server asks with a secret made anew each time, or the one in ANNOTATOR_BACKEND_SECRET.
    """
    import signal
    import threading

    from annotator import studio
    from annotator.labelstudio import serve

    settings = settings_of(port)
    url, token = studio.access(settings)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    serve(
        project=project,
        url=url,
        token=token,
        host=host,
        port=at,
        address=address,
        secret=settings.backend_secret,
        switch=switch,
        models=models,
        stop=ended,
        told=_say,
    )


@studio_app.command(epilog="Example: annotator studio invite")
def invite(port: Port = None) -> None:
    """Print the link at which people make themselves an account.

    Everybody who has it can; resetting it in Label Studio (Organization) makes the old one useless.
    """
    from annotator import labelstudio, studio

    url, token = studio.access(settings_of(port))
    _say(labelstudio.invite(url=url, token=token))


@studio_app.command(epilog="Example: annotator studio accounts")
def accounts(port: Port = None) -> None:
    """List who has an account.

    E-mail, name, when they were last there, and the pseudonym that `annotator pull` writes. Label Studio Community
    has no roles: each of them may change and delete everything.
    """
    from annotator import labelstudio, studio

    url, token = studio.access(settings_of(port))
    rows = [
        (a.email, a.name or "-", f"{a.last_active:%Y-%m-%d %H:%M}" if a.last_active else "never", a.pseudonym)
        for a in labelstudio.accounts(url=url, token=token)
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        _say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


@studio_app.command(epilog="Example: annotator studio add ana@example.org --name 'Ana Brandt'")
def add(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="The person's address, to log in with.")],
    *,
    name: Annotated[str | None, typer.Option("--name", help="What others see.")] = None,
    password_file: Annotated[
        Path | None,
        typer.Option("--password-file", metavar="FILE", help="Its first line; -: standard input."),
    ] = None,
    generate: Annotated[
        Path | None, typer.Option("--generate", metavar="FILE", help="Make a password, into this new file.")
    ] = None,
    port: Port = None,
) -> None:
    """Make an account for a person.

    The password is asked for, unless a file has it or shall get it; it is never an argument.
    """
    from annotator import labelstudio, studio

    if password_file is not None and generate is not None:
        raise BadArgument("--password-file and --generate contradict each other")
    url, token = studio.access(settings_of(port))
    with _password(password_file, generate) as password:
        made = labelstudio.add_account(email, password, url=url, token=token, name=name)
    where = f", password in {generate}" if generate else ""
    _say(f"{made.email} can log in at {url}{where}; pulled files say {made.pseudonym}")


@contextmanager
def _password(given: Path | None, generate: Path | None) -> Iterator[SecretStr]:
    """The password; a file that was made for it stays only if the block succeeds."""
    from pydantic import SecretStr

    if generate is not None:
        made = secrets.token_urlsafe(12)
        try:
            handle = os.fdopen(os.open(generate, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w")
        except FileExistsError:
            raise BadArgument(f"{generate} exists: give another name") from None
        try:
            with handle:
                handle.write(made + "\n")
            yield SecretStr(made)
        except BaseException:
            generate.unlink()
            raise
    elif given is not None:
        text = sys.stdin.readline() if str(given) == "-" else given.read_text(encoding="utf8")
        yield SecretStr((text.splitlines() or [""])[0])
    else:
        yield SecretStr(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))


@studio_app.command(epilog="Example: annotator studio backup /mnt/backups/monday.tar.gz")
def backup(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="[default: studio-<time>.tar.gz, here]")
    ] = None,
) -> None:
    """Copy everything that the server holds into one file.

    It may run meanwhile. The file holds people's work and the server's secrets: keep it to yourself.
    """
    from annotator import backups

    _say(_backup(backups.backup(settings_of(), file)))


@studio_app.command(epilog="Example: annotator studio restore /mnt/backups/monday.tar.gz")
def restore(
    file: File,
    *,
    force: Annotated[bool, typer.Option("--force", help="Replace what is there; it is kept aside.")] = False,
) -> None:
    """Put a backup back; the server has to be stopped.

    Nothing is touched unless the whole file is as it was written.
    """
    from annotator import backups

    done = backups.restore(settings_of(), file, force=force)
    _say(_backup(done))
    if done.aside is not None:
        _say(f"What was there before: {done.aside}")


def _backup(done: Backup) -> str:
    rows = ", ".join(f"{n} {what}" for what, n in done.rows.items())
    return f"{done.file}: {rows}; {done.files} files, {done.size / 1e6:.1f} MB, of {done.made}"


def settings_of(port: int | None = None) -> Settings:
    """Environment and `.env`; where neither they nor the caller name a port, that of the server that runs."""
    from pydantic import ValidationError

    from annotator import studio
    from annotator.settings import Settings

    try:
        settings = Settings() if port is None else Settings(studio_port=port)
        running = None if "studio_port" in settings.model_fields_set else studio.status(settings)
        return Settings(studio_port=running.port) if running else settings
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        raise BadArgument(f"ANNOTATOR_{name}: {first['msg']}") from error


def _server(server: Server) -> str:
    return f"{server.url} (user {server.user}, password in {server.credentials})"


def _say(line: str) -> None:
    output.print(line, markup=False)
