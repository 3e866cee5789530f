"""The projects of a server: made with our label set-up, found again, for one writer at a time.

There are two kinds: people annotate in one, the leader decides between their versions in the other. What is
meant for one kind is refused for the other, since versions are no annotations and decisions are no votes.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotator.errors import BadArgument, LabelStudioError
from annotator.labelstudio.client import find_project
from annotator.labelstudio.config import former_config, instructions, label_config, same_config
from annotator.labelstudio.tabs import show_first

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

__all__ = ["check_title", "existing_project", "lock_of", "ready_project", "show_version"]

# By these words, wherever they stand in it, a project's description tells what it is for.
MARK = "Made by `annotator adjudicate`"
DESCRIPTION = MARK + ": several people's versions of each story, to decide between."


def check_title(title: str) -> None:
    """Raise BadArgument for a title that the server would refuse."""
    if not 3 <= len(title) <= 50:
        raise BadArgument(f"a project's title has 3 to 50 characters, not {len(title)}: {title!r}")


def lock_of(url: str, project: str) -> Path:
    """A folder of this user for the project, wherever the stories lie; raises BadArgument."""
    folder = Path(tempfile.gettempdir()) / f"annotator-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise BadArgument(f"{folder} belongs to somebody else: set TMPDIR to a folder of your own")
    key = hashlib.sha256(f"{url.rstrip('/')}\x1f{project}".encode()).hexdigest()[:16]
    return folder / f"project-{key}"


def existing_project(client: LabelStudio, title: str, *, decisions: bool = False) -> Any:  # noqa: ANN401 - the SDK's
    """The project of that title; LabelStudioError if there is none or it is of the other kind."""
    found = find_project(client, title)
    if found is None:
        first = "annotator adjudicate, without --pull," if decisions else "annotator push"
        raise LabelStudioError(f"there is no project {title!r}: {first} makes it")
    _require_kind(found, title, decisions=decisions)
    return found


def ready_project(client: LabelStudio, title: str, *, decisions: bool = False) -> int:
    """The number of the project of that title, made if it is not there.

    One that has the set-up of an earlier version of this package gets the present one.
    Raises BadArgument for a title that the server would refuse, LabelStudioError if the project is of the other
    kind, or has another label set-up.
    """
    check_title(title)
    project = find_project(client, title)
    if project is None:
        project = client.projects.create(
            title=title,
            # In the same call: cut off after it, the project is still known for what it is.
            description=DESCRIPTION if decisions else "",
            label_config=label_config(),
            expert_instruction=instructions(),
            show_collab_predictions=True,
            sampling="Uncertainty sampling",
            show_skip_button=True,
            enable_empty_annotation=True,
        )
    else:
        _require_kind(project, title, decisions=decisions)
        config = project.label_config or ""
        if former_config(config):
            client.projects.update(project.id, label_config=label_config(), expert_instruction=instructions())
        elif not same_config(config, label_config()):
            raise LabelStudioError(
                f"the label set-up of project {title!r} is not ours: push to a new project or put ours back"
            )
    number = int(project.id)
    show_first(client, number)
    return number


def show_version(client: LabelStudio, project: int, version: str) -> None:
    """Let annotators start from this version; import_predictions leaves that unset."""
    if client.projects.get(project).model_version != version:
        client.projects.update(project, model_version=version, show_collab_predictions=True)


def _require_kind(project: Any, title: str, *, decisions: bool) -> None:  # noqa: ANN401 - the SDK's own type
    is_for_decisions = MARK in (project.description or "")
    if is_for_decisions and not decisions:
        raise LabelStudioError(
            f"project {title!r} is for deciding between versions: annotator adjudicate fills it and, with --pull, "
            "fetches from it"
        )
    if decisions and not is_for_decisions:
        raise LabelStudioError(
            f"people annotate in project {title!r}: it was not made by annotator adjudicate, give another title"
        )
