"""Work of several people: stories shared out to groups, and decisions where they differ."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="A folder that `annotate` wrote.")]
Project = Annotated[str, typer.Option("--project", help="The project's title in Label Studio.")]
Port = Annotated[int | None, typer.Option("--port", help="Where the server listens.")]
if TYPE_CHECKING:
    from pydantic import SecretStr

output = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command(epilog="Example: annotator share out/stories --project desk --groups 2")(share)
    app.command(epilog="Example: annotator adjudicate out/stories --project decide --pull")(adjudicate)


def share(
    folder: Folder,
    project: Project,
    groups: Annotated[int, typer.Option("--groups", help="How many; each gets a project.")],
    shared: Annotated[float, typer.Option("--shared", help="Percentage of stories for all groups.")] = 10,
    port: Port = None,
) -> None:
    """Share stories out to groups of people.

    Each group has a project of its own ("desk / 1", "desk / 2"), in which it sees only its own work; Label Studio
    keeps nobody from opening another project. Fetch with `pull` from each into the same folder; `audit` tells the
    agreement on the shared stories. DIR/sharing.jsonl keeps who has which story.
    """
    from annotator import labelstudio

    url, token = _access(port)
    report = labelstudio.share(folder, project=project, groups=groups, shared=shared, url=url, token=token)
    for pushed in report.pushes:
        _say(f"{pushed.project}: {pushed.stories} stories ({pushed.new_tasks} new): {pushed.url}")
    _say(f"{report.shared} of {report.stories} stories are in all; {report.new} were assigned now")


def adjudicate(
    folder: Folder,
    project: Project,
    *,
    pull: Annotated[bool, typer.Option("--pull", help="Fetch the decisions as gold.")] = False,
    port: Port = None,
) -> None:
    """Decide between people's versions.

    Puts the stories that people submitted differently into a project of their own, each with every version, the
    most disputed first. With --pull, writes what was decided there to DIR/gold.jsonl.
    """
    from annotator import labelstudio

    url, token = _access(port)
    if pull:
        got = labelstudio.pull_decisions(folder, project=project, url=url, token=token)
        counts = f"({got.new} new, {got.updated} changed, {got.deleted} gone)"
        _say(f"{folder / 'gold.jsonl'}: {got.decisions} decisions {counts}")
        for why, stories in (
            ("left in Label Studio, since the text has changed", got.old_text),
            ("left in Label Studio, since it is not in the folder", got.unknown),
            ("not taken, since not all of its parts are decided", got.in_part),
        ):
            for story in stories:
                errors.print(f"{why}: {story}", markup=False)
        return
    put = labelstudio.adjudicate(folder, project=project, url=url, token=token)
    for why, stories in (
        ("the text has changed: a new task beside the old one", put.changed_text),
        ("a new version does not fit into its parts: new ones beside the old", put.divided),
    ):
        for story in stories:
            errors.print(f"{why}: {story}", markup=False)
    _say(
        f"{put.disputed} stories to decide in {project!r} ({put.new_tasks} stories and {put.new_versions} versions "
        f"are new), {put.agreed} on which people agree left out: {put.url}"
    )


def _access(port: int | None) -> tuple[str, SecretStr]:
    from annotator import studio
    from annotator.cli.studio import settings_of

    return studio.access(settings_of(port))


def _say(line: str) -> None:
    output.print(line, markup=False)
