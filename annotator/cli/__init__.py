"""The command line: each command makes one call into the library and tells what came of it.

Results go to standard output, progress and errors to standard error. An error is one line, and its exit code
is that of its class in `annotator.errors`.
"""

from __future__ import annotations

import gc
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from annotator.cli import team
from annotator.cli.entities import entities_app, notes
from annotator.cli.studio import Port, settings_of, studio_app
from annotator.errors import AnnotatorError, BadArgument, ModelMissing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from annotator.batch import Summary
    from annotator.labelstudio import PullReport, PushReport
    from annotator.settings import Settings

Models = Literal["bundled", "stanza"]
LayerChoice = Literal["best", "machine", "human", "gold"]
Inputs = Annotated[list[str], typer.Argument(metavar="IN...", help="Files, folders or globs of stories.")]
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="A folder that `annotate` wrote.")]
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder to write to, or to update.")]
Project = Annotated[str, typer.Option("--project", help="The project's title in Label Studio.")]
Workers = Annotated[int, typer.Option("--workers", help="Processes; each holds the models in memory.")]
ModelsOption = Annotated[Models, typer.Option("--models", help="Whose syntax and names: ours or Stanza's.")]
Nested = Annotated[
    bool, typer.Option("--nested/--no-nested", help="Also the reports inside the content of others.")
]
MaxChars = Annotated[int, typer.Option("--max-chars", help="A longer story is rejected.")]
AnyLanguage = Annotated[bool, typer.Option("--any-language", help="Take stories that are not English.")]

# More findings than these are no longer read in a terminal.
FEW = 10
DATA = Path(__file__).parent.parent / "data"

# No markup and no boxes: help and errors are plain lines that can be searched and piped.
app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
models_app = typer.Typer(rich_markup_mode=None)
app.add_typer(entities_app, name="entities", help="Look at who is who over all stories, and put it right.")
app.add_typer(studio_app, name="studio", help="Run Label Studio, its people and its safety copies.")
app.add_typer(models_app, name="models", help="Tell which models are here, or fetch Stanza's own.")
team.register(app)

# What `typer` raises for an option that it does not know; releases differ in where the class stands.
UsageError = typer.BadParameter.__mro__[1]
errors = Console(stderr=True, highlight=False, soft_wrap=True)
output = Console(highlight=False, soft_wrap=True)


def main() -> None:
    """Run the command that the program was started with."""
    code = call(sys.argv[1:])
    # Python looks everything through once more at its end: with torch loaded, for most of a second and for nothing.
    gc.freeze()
    sys.exit(code)


def call(arguments: Sequence[str]) -> int:
    """Run one command and give its exit code; an error of ours ends as one line on standard error."""
    try:
        code = app(args=list(arguments) or ["--help"], prog_name="annotator", standalone_mode=False)
    except AnnotatorError as error:
        return _failed(str(error), error.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        code = 130
    except BrokenPipeError:
        # `annotator show ... | head`: nobody reads on, and Python would say so again while it shuts down.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        return _failed(str(error), 1)
    except Exception as error:
        told = getattr(error, "format_message", None)
        if told is None or not isinstance(error, UsageError):
            raise
        return _failed(f"{told()} (`annotator --help` lists what there is)", 2)
    if code == 130:
        return _failed("stopped", 130)
    return code if isinstance(code, int) else 0


def _failed(message: str, code: int) -> int:
    sys.stderr.write(f"annotator: {' '.join(message.split())}\n")
    return code


@app.callback(epilog="Example: annotator run stories/ --out out/stories")
def _about() -> None:
    """Find every quotation and reported claim in news, say who said it, and turn corrections into data."""


@app.command(epilog="Example: annotator annotate stories/ --out out/stories")
def annotate(
    *,
    inputs: Inputs,
    out: Out,
    workers: Workers = 1,
    models: ModelsOption = "bundled",
    nested: Nested = True,
    max_chars: MaxChars = 1_000_000,
    any_language: AnyLanguage = False,
    conllu: Annotated[bool, typer.Option("--conllu", help="Also write DIR/parse/ID.conllu.")] = False,
    shard: Annotated[str, typer.Option("--shard", metavar="I/N", help="Only the I-th of N parts.")] = "1/1",
) -> None:
    """Annotate stories into a folder.

    They are .txt, .html, .jsonl, .csv or .parquet files, or folders or globs of them. One that cannot be used
    goes to DIR/rejects.jsonl. The same command again annotates only what is new, and finishes what was
    interrupted. Shards go to a folder each.
    """
    from annotator import batch

    with _bar("Annotating") as tell:
        summary = batch.run(
            inputs,
            out,
            workers=workers,
            models=models,
            nested=nested,
            max_chars=max_chars,
            any_language=any_language,
            conllu=conllu,
            shard=_shard(shard),
            progress=lambda s: tell(_counts(s)),
        )
    _say(f"{out}: {_counts(summary)}")
    if summary.rejected and not summary.stories:
        raise typer.Exit(1)


@app.command(epilog="Example: annotator link out/stories")
def link(
    folder: Folder,
    known: Annotated[
        Path | None, typer.Option("--known", metavar="FILE", help="People to match first: CSV or JSONL.")
    ] = None,
) -> None:
    """Join the same people of several stories.

    Bodies and places too. Writes DIR/register.jsonl. What people chose with `annotator entities` holds; FILE has
    the columns name, aliases (with ;) and wikidata, and is kept as DIR/known.jsonl.
    """
    from annotator import register

    report = register.link(folder, known=known)
    notes(report)
    _say(f"{folder / 'register.jsonl'}: {report}")


@app.command(epilog="Example: annotator push out/stories --project stories")
def push(folder: Folder, project: Project, port: Port = None) -> None:
    """Put stories into a Label Studio project.

    Each comes with its annotation, for people to correct. Again, it adds only what is new.
    """
    report = _pushed(folder, project, settings_of(port))
    _say(
        f"{report.stories} stories with {report.attributions} attributions in {project!r} "
        f"({report.new_tasks} stories and {report.new_predictions} pre-annotations are new): {report.url}"
    )


@app.command(epilog="Example: annotator pull out/stories --project stories")
def pull(folder: Folder, project: Project, port: Port = None) -> None:
    """Fetch what people submitted there.

    Writes DIR/human.jsonl; the machine's annotations stay beside it.
    """
    report = _pulled(folder, project, settings_of(port))
    _say(
        f"{folder / 'human.jsonl'}: {report.annotations} annotations by people "
        f"({report.new} new, {report.updated} changed, {report.deleted} gone)"
    )


@app.command(epilog="Example: annotator audit out/stories")
def audit(
    folder: Folder,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="[default: DIR/audit]")] = None,
    resamples: Annotated[int, typer.Option("--resamples", help="Draws for the intervals.")] = 1000,
) -> None:
    """Tell who did what, and where people disagree.

    From what was pulled; also writes audit.json, and audit.html with plots.
    """
    from annotator import audits
    from annotator.cli.audited import told

    made = audits.audit(folder, resamples=resamples)
    for part in told(made):
        output.print(part, markup=False)
    for path in audits.write(made, out or folder / "audit"):
        _say(str(path))


@app.command(epilog="Example: annotator export out/stories --out out/stories/parquet")
def export(
    folder: Folder,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="[default: DIR/parquet]")] = None,
) -> None:
    """Write a folder as parquet tables.

    With every layer: what the machine said, what people submitted, what was adjudicated.
    """
    from annotator import dataset

    report = dataset.export(folder, out or folder / "parquet")
    _say(f"{report.out}: {', '.join(f'{n} {table}' for table, n in report.rows.items())}")


@app.command(epilog="Example: annotator schemas")
def schemas(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where they go.")] = Path("schemas"),
) -> None:
    """Write the formats down, from the code.

    JSON Schemas, the label config and the data dictionary of the tables.
    """
    from annotator import dataset, labelstudio, store

    out.mkdir(parents=True, exist_ok=True)
    files = {**store.schemas(), **labelstudio.schemas(), **dataset.schemas()}
    for name, content in files.items():
        (out / name).write_text(content, encoding="utf8")
    _say(f"{out}: {len(files)} files")


@app.command(epilog="Example: annotator show out/stories dam-briefing")
def show(
    path: Annotated[
        Path, typer.Argument(metavar="FILE|DIR", help="A story, or a folder that `annotate` wrote.")
    ],
    story: Annotated[str | None, typer.Argument(metavar="[ID]", help="Which of its stories.")] = None,
    layer: Annotated[
        LayerChoice, typer.Option("--layer", help="Whose annotation; best: gold, human, machine.")
    ] = "best",
) -> None:
    """Show a story in the terminal.

    Sources green, cues yellow, contents blue; then a line for each attribution.
    """
    from annotator.cli.story import made, stored, told

    document, annotation = stored(path, story, layer=layer) if path.is_dir() else made(path, story)
    for line in told(document, annotation):
        output.print(line)


@models_app.command("list", epilog="Example: annotator models list")
def list_models() -> None:
    """Tell which models are here.

    What they were trained on, how good they are, and under which terms they may be used.
    """
    cards = sorted((DATA / "models").rglob("*.md"))
    if not cards:
        raise ModelMissing(f"no models in {DATA / 'models'}: reinstall the package")
    for card in cards:
        _say(card.read_text(encoding="utf8"))


@models_app.command(epilog="Example: annotator models download")
def download() -> None:
    """Fetch Stanza's own models.

    The official English ones, for `--models stanza`; this needs a network.
    """
    from annotator.parser import official

    _say(f"Stanza's English models are in {official.download()}")


@app.command(epilog="Example: annotator run stories/ --out out/stories")
def run(
    *,
    inputs: Annotated[
        list[str] | None, typer.Argument(metavar="[IN...]", help="[default: the sample stories]")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="[default: out/NAME, by IN]")
    ] = None,
    project: Annotated[str | None, typer.Option("--project", help="[default: the name of DIR]")] = None,
    port: Port = None,
    workers: Workers = 1,
    models: ModelsOption = "bundled",
    max_chars: MaxChars = 1_000_000,
    any_language: AnyLanguage = False,
) -> None:
    """Do the whole loop.

    Annotate, link, start Label Studio, push, pull what was corrected, export; again, only what is new.
    """
    from annotator import batch, dataset, register, studio

    out = out or Path("out") / (_name_of(inputs[0]) if inputs else "samples")
    inputs = inputs or sorted(str(p) for p in (DATA / "samples").iterdir() if p.suffix in {".txt", ".html"})
    settings = settings_of(port)
    with _bar("Annotating") as tell:
        summary = batch.run(
            inputs,
            out,
            workers=workers,
            models=models,
            max_chars=max_chars,
            any_language=any_language,
            progress=lambda s: tell(_counts(s)),
        )
    if summary.rejected and not summary.stories:
        _say(f"{out}: {_counts(summary)}")
        raise typer.Exit(1)
    notes(register.link(out))
    errors.print("Starting Label Studio; the first time this takes a minute")
    server = studio.start(settings)
    project = project or out.resolve().name[:50].ljust(3, "-")
    pushed = _pushed(out, project, settings)
    pulled = _pulled(out, project, settings)
    tables = dataset.export(out, out / "parquet").out
    _say(f"Stories       {_counts(summary)}")
    _say(f"Corrected     {pulled.annotations} by people so far; run the same command again to fetch more")
    _say(f"Label Studio  {pushed.url}")
    _say(f"User          {server.user}, password in {server.credentials}")
    _say(f"Data set      {tables}")
    _say(f"Load it       import annotator; annotator.load({str(tables)!r}).attributions")


def _pushed(folder: Path, project: str, settings: Settings) -> PushReport:
    from annotator import labelstudio, studio

    url, token = studio.access(settings)
    with _bar("Pushing") as tell:
        report = labelstudio.push(
            folder,
            project=project,
            url=url,
            token=token,
            progress=lambda done, total: tell(f"{done} of {total} stories", done, total),
        )
    _note("got a new task, since the text changed:", report.changed_text)
    _note("is in the project twice:", report.twice)
    _note("was divided anew, the old parts stay:", report.divided)
    return report


def _pulled(folder: Path, project: str, settings: Settings) -> PullReport:
    from annotator import labelstudio, studio

    url, token = studio.access(settings)
    report = labelstudio.pull(folder, project=project, url=url, token=token)
    _note("left in Label Studio, since the text has changed:", report.old_text)
    _note("left in Label Studio, not a story of this folder:", report.unknown)
    _note("waits for parts that nobody has submitted:", report.in_part)
    _note("look at", report.notes[:FEW])
    if len(report.notes) > FEW:
        _note("look at", [f"{len(report.notes) - FEW} more in {folder / 'lint.jsonl'}"])
    return report


def _shard(text: str) -> tuple[int, int]:
    try:
        i, n = text.split("/")
        return int(i), int(n)
    except ValueError:
        raise BadArgument(f"--shard {text}: give I/N, such as 3/64") from None


def _name_of(path: str) -> str:
    """What to call the output of some input: the name of a folder, a file without suffix, a glob's folder."""
    place = Path(path)
    while any(mark in place.name for mark in "*?["):
        place = place.parent
    place = place.resolve()
    return (place.name if place.is_dir() else place.stem) or "stories"


def _counts(summary: Summary) -> str:
    parts = [f"{summary.stories} stories, {summary.attributions} attributions"]
    if summary.reused:
        parts.append(f"{summary.reused} as before")
    if summary.rejected:
        parts.append(f"{summary.rejected} rejected, see {summary.out / 'rejects.jsonl'}")
    return "; ".join(parts)


def _say(line: str) -> None:
    output.print(line, markup=False)


def _note(what: str, names: Sequence[str]) -> None:
    for name in names:
        errors.print(f"{what} {name}", markup=False)


@contextmanager
def _bar(label: str) -> Iterator[Callable[..., None]]:
    """A progress bar on a terminal, nothing elsewhere; call what it gives with a text and perhaps counts."""
    columns = (
        SpinnerColumn(),
        TextColumn(label),
        BarColumn(),
        TextColumn("{task.fields[told]}", markup=False),
    )
    with Progress(
        *columns, TimeElapsedColumn(), console=errors, transient=True, disable=not errors.is_terminal
    ) as bar:
        task = bar.add_task(label, total=None, told="")

        def tell(told: str, done: int | None = None, total: int | None = None) -> None:
            bar.update(task, told=told, completed=done, total=total)

        yield tell
