"""A project that annotates itself: our ML backend, connected, and kept so over restarts of the server.

Label Studio asks a backend for a story that has no prediction when it is opened from the list, and for
selected stories on request. In the stream ("Label All Tasks") it would ask only if the project showed the
backend instead of a model version, and then a backend that is down would hide every prediction that was
pushed. So the backend goes by a name that is no version, the project shows the version as after a push, and
stories that stay without it for a while are asked for here, before anybody meets them in the stream.
"""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from annotator.errors import Busy, LabelStudioError
from annotator.labelstudio.backend import USER, Backend, listening
from annotator.labelstudio.client import connected, tasks_where
from annotator.labelstudio.projects import existing_project

if TYPE_CHECKING:
    from collections.abc import Callable

    from label_studio_sdk import LabelStudio

__all__ = ["TITLE", "serve"]

# The backend's name in the project: the server takes a name that equals the shown version for an order to ask.
TITLE = "annotator (live)"
CONNECTED = "CO"
# Stories of one request: the answer has to be there within the server's patience.
BATCH = 20


@dataclass(slots=True)
class _Watch:
    """A project and what was seen of it: since when each story is without a prediction, what was asked in vain."""

    title: str
    address: str
    secret: SecretStr
    version: str
    patience: float
    told: Callable[[str], None]
    since: dict[int, float] = field(default_factory=dict)
    in_vain: set[int] = field(default_factory=set)
    last: str = ""

    def say(self, line: str) -> None:
        if line != self.last:
            self.last = line
            self.told(line)


def serve(
    *,
    project: str,
    url: str,
    token: SecretStr | str,
    host: str = "127.0.0.1",
    port: int = 9191,
    address: str | None = None,
    secret: SecretStr | None = None,
    switch: bool = False,
    models: str = "bundled",
    every: float = 15.0,
    patience: float = 30.0,
    stop: threading.Event | None = None,
    told: Callable[[str], None] | None = None,
) -> None:
    """Connect the project of that title to a backend at `host` and `port`, and answer until `stop` is set.

    `address` is where the server finds it, if elsewhere; `secret` is made at random where none is given. The
    project's model version stays as it is; an empty one becomes ours with the first prediction, and another
    one only with `switch`. Every `every` seconds the connection is looked at, and stories that were without
    our version for `patience` seconds are annotated. `told` is given a line for what happens.
    Raises BadArgument if the port is taken; LabelStudioError if there is no such project, or it has another
    label set-up, ML backend or model version; Busy if another one of ours serves it; ModelMissing.
    """
    from annotator.pipeline import Annotator  # noqa: PLC0415 - brings torch

    stop, told = stop or threading.Event(), told or (lambda _: None)
    with connected(url, token) as client:
        _number(client, project)

    def stored(task: int) -> bool:
        try:
            with connected(url, token) as client:
                return _has(client, _number(client, project), backend.version, task)
        except LabelStudioError:
            return False

    backend = Backend(Annotator(models=models), told=told, stored=stored)
    secret = secret or SecretStr(secrets.token_urlsafe(32))
    with listening(backend, secret=secret, host=host, port=port) as here:
        watch = _Watch(project, (address or here).rstrip("/"), secret, backend.version, patience, told)
        with connected(url, token) as client:
            _start(client, watch, switch=switch)
        watch.say(f"{project!r} is connected to {watch.address}, version {watch.version}")
        while not stop.is_set():
            backend.asked.clear()
            try:
                with connected(url, token) as client:
                    _look(client, watch)
            except LabelStudioError as error:
                watch.say(f"{error}")
            _sleep(stop, backend.asked, every)


def _sleep(stop: threading.Event, asked: threading.Event, seconds: float) -> None:
    """Wait, but not on if told to stop or told that something has changed."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not stop.wait(min(0.2, seconds)):
        if asked.is_set():
            return


def _number(client: LabelStudio, title: str) -> int:
    return int(existing_project(client, title).id)


def _shown(client: LabelStudio, number: int) -> str:
    """The version that annotators start from; the server may have put our own name where there was none."""
    shown = str(client.projects.get(number).model_version or "")
    return "" if shown == TITLE else shown


def _start(client: LabelStudio, watch: _Watch, *, switch: bool) -> None:
    number = _number(client, watch.title)
    shown = _shown(client, number)
    if shown not in {"", watch.version} and not switch:
        raise LabelStudioError(
            f"project {watch.title!r} shows the version {shown}, this model is {watch.version}: "
            "annotate and push with it first, or change to it with --switch"
        )
    _connect(client, number, watch)
    if switch and shown != watch.version:
        lacking = _lacking(client, number, watch.version)
        if lacking:
            _ask(client, number, lacking[:1])
        _show(client, number, watch.version)


def _connect(client: LabelStudio, number: int, watch: _Watch) -> None:
    """Make the connection, or mend it; the shown version is the same before and after."""
    shown = _shown(client, number)
    there = client.ml.list(project=number)  # the server asks each how it is
    if any(backend.title != TITLE for backend in there):
        raise LabelStudioError(f"project {watch.title!r} has another ML backend: remove it in its settings")
    ours = there[0] if there else None
    if ours is not None and ours.url.rstrip("/") != watch.address and ours.state == CONNECTED:
        raise Busy(f"project {watch.title!r} is served from {ours.url}: stop that one first")
    if ours is None or ours.url.rstrip("/") != watch.address or ours.state != CONNECTED:
        fields: dict[str, Any] = {
            "project": number,
            "url": watch.address,
            "title": TITLE,
            "auth_method": "BASIC_AUTH",
            "basic_auth_user": USER,
            "basic_auth_pass": watch.secret.get_secret_value(),
            "is_interactive": False,
        }
        if ours is None:
            _create(client, number, fields)
        else:
            client.ml.update(ours.id, **fields)
        _drop_webhook(client, number, f"{watch.address}/webhook")
    if str(client.projects.get(number).model_version or "") != shown:
        client.projects.update(number, model_version=shown)


def _create(client: LabelStudio, number: int, fields: dict[str, Any]) -> None:
    """Make the connection, also where the server then refuses the webhook that it would add.

    It does so for an address of its own machine, after the connection was stored; what protects other
    addresses of the network from its members can stay switched on.
    """
    from label_studio_sdk.core.api_error import ApiError  # noqa: PLC0415 - see client.py

    try:
        client.ml.create(**fields)
    except ApiError as error:
        if error.status_code != 403:
            raise
    else:
        return
    if not client.ml.list(project=number):
        raise LabelStudioError(
            f"the server may not ask {fields['url']}: start it with LABEL_STUDIO_ML_BLOCK_LOCAL_IP=false"
        )


def _drop_webhook(client: LabelStudio, number: int, url: str) -> None:
    """Undo the webhook that connecting makes: every Submit would wait for it, for up to a second if we are down."""
    for hook in client.webhooks.list(project=str(number)):
        if hook.url == url and not hook.headers:
            client.webhooks.delete(hook.id)


def _look(client: LabelStudio, watch: _Watch) -> None:
    """One round: mend the connection, annotate what has waited long enough, let it be shown."""
    number = _number(client, watch.title)
    _connect(client, number, watch)
    shown = _shown(client, number)
    if shown not in {"", watch.version}:
        watch.say(f"the project now shows {shown}, this model is {watch.version}: start it with that model")
        return
    lacking = set(_lacking(client, number, watch.version)) - watch.in_vain
    now = time.monotonic()
    # Not at once: a push makes its tasks first and brings their predictions a moment later.
    watch.since = {task: watch.since.get(task, now) for task in lacking}
    due = sorted(task for task, first in watch.since.items() if now - first >= watch.patience)
    for start in range(0, len(due), BATCH):
        _ask(client, number, due[start : start + BATCH])
    if due:
        left = set(_lacking(client, number, watch.version)).intersection(due)
        watch.in_vain |= left
        watch.say(f"annotated {len(due) - len(left)} of {len(due)} stories that had no annotation")
    if not shown and any(_with(client, number, watch.version)):
        _show(client, number, watch.version)


def _lacking(client: LabelStudio, number: int, version: str) -> list[int]:
    """The tasks that nobody has submitted and that have no prediction of this version."""
    found = tasks_where(
        client,
        number,
        predictions_model_versions=("not_contains", "List", [version]),
        total_annotations=("equal", "Number", 0),
    )
    return [int(task.id) for task in found]


def _with(client: LabelStudio, number: int, version: str) -> list[int]:
    """The tasks that have a prediction of this version."""
    found = tasks_where(client, number, predictions_model_versions=("contains", "List", [version]))
    return [int(task.id) for task in found]


def _has(client: LabelStudio, number: int, version: str, task: int) -> bool:
    versions = ("contains", "List", [version])
    return any(tasks_where(client, number, predictions_model_versions=versions, id=("equal", "Number", task)))


def _ask(client: LabelStudio, number: int, tasks: list[int]) -> None:
    """What "Retrieve Predictions" does on selected tasks: the server asks us and stores what we say."""
    client.actions.create(
        id="retrieve_tasks_predictions",
        project=number,
        selected_items={"all": False, "included": tasks},
    )


def _show(client: LabelStudio, number: int, version: str) -> None:
    client.projects.update(number, model_version=version, show_collab_predictions=True)
