"""`annotator entities`: look through the register of a folder, and put right who is who."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console

if TYPE_CHECKING:
    from annotator.curation import Registered
    from annotator.register import LinkReport

Kind = Literal["person", "organization", "place", "group", "document"]
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="A folder that `link` was run on.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="As `entities list` tells it.")]

entities_app = typer.Typer(rich_markup_mode=None)
output = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)


@entities_app.command("list", epilog="Example: annotator entities list out/stories --name harbst")
def list_(
    folder: Folder,
    *,
    name: Annotated[str | None, typer.Option("--name", help="Only those with this in a name.")] = None,
    kind: Annotated[Kind | None, typer.Option("--kind", help="Only people, bodies, places ...")] = None,
    why: Annotated[bool, typer.Option("--why", help="Also their stories and why they were joined.")] = False,
) -> None:
    """List who is in the register.

    Id, kind, stories, name and other names; those in most stories first.
    """
    from annotator import curation

    for row in curation.list_entities(folder, name=name, kind=kind):
        output.print(_line(row), markup=False)
        for told in (*(f"{d}#{e}" for d, e in row.members), *row.evidence) if why else ():
            output.print(f"    {told}", markup=False)


@entities_app.command(epilog="Example: annotator entities merge out/stories r12 r34")
def merge(
    folder: Folder,
    ids: Annotated[list[str], typer.Argument(metavar="ID ID...", help="They become one, with the first id.")],
) -> None:
    """Make two or more entities one."""
    from annotator import curation

    _told(folder, curation.merge_entities(folder, ids))


@entities_app.command(epilog="Example: annotator entities split out/stories r12 ferry")
def split(
    folder: Folder,
    id: Id,  # noqa: A002 - what `list` calls it
    stories: Annotated[
        list[str],
        typer.Argument(metavar="STORY...", help="Stories, or STORY#ENTITY, whose entity is another."),
    ],
) -> None:
    """Take stories out of an entity.

    In them somebody else has the name: together they become another entity.
    """
    from annotator import curation

    _told(folder, curation.split_entity(folder, id, stories))


@entities_app.command(epilog="Example: annotator entities rename out/stories r12 'Lena Harbst'")
def rename(
    folder: Folder,
    id: Id,  # noqa: A002 - what `list` calls it
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is called from now on.")],
) -> None:
    """Call an entity by another name."""
    from annotator import curation

    _told(folder, curation.rename_entity(folder, id, name))


def notes(report: LinkReport) -> None:
    """Tell on standard error which choices found nothing that they are about."""
    for line in report.waiting:
        errors.print(line, markup=False)


def _told(folder: Path, report: LinkReport) -> None:
    notes(report)
    output.print(f"{folder / 'register.jsonl'}: {report}", markup=False)


def _line(row: Registered) -> str:
    stories = len({document for document, _ in row.members})
    others = f" ({', '.join(row.aliases)})" if row.aliases else ""
    wikidata = f" {row.wikidata}" if row.wikidata else ""
    return f"{row.id} {row.kind} {stories} {row.name}{wikidata}{others}"
