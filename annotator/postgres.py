"""PostgreSQL as the server's database: where it is, and its content out to a file and back in.

Its own programs do the work (psql, pg_dump, pg_restore: Debian's postgresql-client). The password goes to them and to
the server through the environment, which only this user can read, never on a command line.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from annotator.errors import BadArgument, LabelStudioError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Database", "ask", "database", "dump", "is_empty", "others", "refill", "rows"]

FORM = "postgresql://USER:PASSWORD@HOST:PORT/NAME"
EMPTY = "DROP SCHEMA public CASCADE;\nCREATE SCHEMA public;\n"


@dataclass(frozen=True, slots=True)
class Database:
    """A database on a PostgreSQL server, and who we are there."""

    host: str
    port: int
    name: str
    user: str
    password: SecretStr

    def for_server(self) -> dict[str, str]:
        """What Label Studio reads from its environment."""
        return {
            "DJANGO_DB": "default",
            "POSTGRE_HOST": self.host,
            "POSTGRE_PORT": str(self.port),
            "POSTGRE_NAME": self.name,
            "POSTGRE_USER": self.user,
            "POSTGRE_PASSWORD": self.password.get_secret_value(),
        }

    def for_client(self) -> dict[str, str]:
        """The environment of PostgreSQL's own programs: ours, without what points them elsewhere."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "ANNOTATOR_"))}
        return environment | {
            "PGHOST": self.host,
            "PGPORT": str(self.port),
            "PGDATABASE": self.name,
            "PGUSER": self.user,
            "PGPASSWORD": self.password.get_secret_value(),
            "PGCONNECT_TIMEOUT": "10",
        }


def database(url: SecretStr) -> Database:
    """What `postgresql://USER:PASSWORD@HOST:PORT/NAME` names; BadArgument, without showing it, if it is not that."""
    try:
        parts = urlsplit(url.get_secret_value())
        port = parts.port or 5432
    except ValueError:
        raise BadArgument(f"ANNOTATOR_STUDIO_DATABASE is not of the form {FORM}") from None
    name = unquote(parts.path.strip("/"))
    if parts.scheme not in {"postgresql", "postgres"} or not (parts.hostname and parts.username and name):
        raise BadArgument(f"ANNOTATOR_STUDIO_DATABASE is not of the form {FORM}")
    return Database(
        parts.hostname, port, name, unquote(parts.username), SecretStr(unquote(parts.password or ""))
    )


def ask(where: Database, query: str) -> str:
    """What a query gives, as plain text; LabelStudioError if the database does not answer it."""
    return _run(where, "psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-c", query)


def is_empty(where: Database) -> bool:
    """Whether no table is in it."""
    return ask(where, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == "0"


def others(where: Database) -> int:
    """How many connections it has but ours: a server that runs."""
    query = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    return int(ask(where, query))


def rows(where: Database, tables: Mapping[str, str]) -> dict[str, int]:
    """How many rows each table has, by the name it is given."""
    return {name: int(ask(where, f"SELECT count(*) FROM {table}")) for name, table in tables.items()}  # noqa: S608


def dump(where: Database, file: Path) -> None:
    """Write everything that is in it to a new file, as of one moment; it may be in use."""
    file.touch(mode=0o600, exist_ok=False)
    _run(where, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--file", str(file))


def refill(where: Database, file: Path) -> None:
    """Replace what is in it by what `dump` wrote: all of it, or nothing is changed."""
    listed = _run(where, "pg_restore", "--list", str(file)).splitlines()
    # The schema is made here: what is in it comes from the file.
    kept = [line for line in listed if not re.search(r" SCHEMA - | SCHEMA public ", line)]
    contents = file.with_suffix(".list")
    script = file.with_suffix(".sql")
    try:
        contents.write_text("\n".join(kept) + "\n", encoding="utf8")
        with os.fdopen(os.open(script, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
            handle.write(EMPTY)
        made = file.with_suffix(".content.sql")
        made.touch(mode=0o600, exist_ok=False)
        options = ("--no-owner", "--no-privileges", "--use-list", str(contents), "--file", str(made))
        _run(where, "pg_restore", *options, str(file))
        _run(
            where,
            "psql",
            "-Xq",
            "-v",
            "ON_ERROR_STOP=1",
            "--single-transaction",
            "-f",
            str(script),
            "-f",
            str(made),
        )
    finally:
        for path in (contents, script, file.with_suffix(".content.sql")):
            path.unlink(missing_ok=True)


def _run(where: Database, program: str, *arguments: str) -> str:
    command = [_found(program), *arguments]
    done = subprocess.run(
        command, env=where.for_client(), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        told = " ".join(line for line in done.stderr.split("\n") if line.strip())[:300]
        secret = where.password.get_secret_value()
        told = told.replace(secret, "***") if secret else told
        raise LabelStudioError(f"PostgreSQL at {where.host}:{where.port} ({program}): {told}")
    return done.stdout.strip()


def _found(program: str) -> str:
    """The program on the path, or the newest that Debian keeps beside it."""
    debian: Iterable[Path] = Path("/usr/lib/postgresql").glob(f"*/bin/{program}")
    newest = max(debian, key=lambda p: int(p.parts[-3]) if p.parts[-3].isdigit() else 0, default=None)
    found = shutil.which(program) or newest
    if found is None:
        raise LabelStudioError(
            f"{program} is missing: install PostgreSQL's client programs (postgresql-client)"
        )
    return str(found)
