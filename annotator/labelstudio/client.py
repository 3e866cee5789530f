"""The one door to label_studio_sdk: a connection that is known to work, and errors in our own words.

Nothing is sent twice: the SDK's retries are off, since the server may have done what a cut connection did not
confirm. The text of the SDK's errors holds session cookies, so only their status and body are passed on.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from annotator.errors import LabelStudioError, ModelMissing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from label_studio_sdk import LabelStudio
    from pydantic import SecretStr

__all__ = ["connected", "find_project", "quiet", "send", "server_key", "tasks_where"]

# Server versions on which push and pull were tried; others may answer what we would misread.
KNOWN_VERSIONS = ("1.23.",)
TIMEOUT = 600.0
_SILENCE = threading.Lock()
_silenced: dict[str, tuple[int, int]] = {}
LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


@contextmanager
def connected(url: str, token: SecretStr | str) -> Iterator[LabelStudio]:
    """A client of the server at `url` for the length of the block, with the token and the version checked.

    Raises ModelMissing without the SDK; LabelStudioError, in one line without secrets, for whatever fails in
    the block: server down, token refused, version not known to work, a call that the server refuses.
    """
    try:
        import httpx  # noqa: PLC0415 - the extra may be missing, and the SDK takes a second to import
        from label_studio_sdk import LabelStudio  # noqa: PLC0415
    except ImportError:
        raise ModelMissing(
            "Label Studio's client is missing: pip install 'claim-annotator[labelstudio]'"
        ) from None
    secret = token if isinstance(token, str) else token.get_secret_value()
    if not secret:
        raise LabelStudioError(f"no token for {url}: set ANNOTATOR_STUDIO_TOKEN")
    direct = urlsplit(url).hostname in LOCAL_HOSTS  # a proxy cannot reach our own machine
    with (
        quiet("httpcore"),  # it logs answers' headers, which hold cookies
        _our_errors(url, secret),
        httpx.Client(timeout=TIMEOUT, follow_redirects=True, trust_env=not direct) as http,
    ):
        client = LabelStudio(base_url=url, api_key=secret, httpx_client=http, max_retries=0)
        client.users.whoami()
        _check_version(url, client)
        yield client


@contextmanager
def quiet(logger: str) -> Iterator[None]:
    """Keep a library's logger from telling more than warnings, at whatever level others log.

    Several connections at once share the silence: the last one that ends gives the level back.
    """
    found = logging.getLogger(logger)
    with _SILENCE:
        users, before = _silenced.get(logger, (0, found.level))
        _silenced[logger] = users + 1, before
        found.setLevel(logging.WARNING)
    try:
        yield
    finally:
        with _SILENCE:
            users, before = _silenced.pop(logger)
            if users > 1:
                _silenced[logger] = users - 1, before
            else:
                found.setLevel(before)


def find_project(client: LabelStudio, title: str) -> Any | None:  # noqa: ANN401 - the SDK's own type
    """The project of that title with all its fields, or None; LabelStudioError if several have it."""
    found = [p for p in client.projects.list(title=title) if p.title == title]
    if len(found) > 1:
        raise LabelStudioError(f"{len(found)} projects are called {title!r}: rename all but one")
    return client.projects.get(found[0].id) if found else None


def tasks_where(
    client: LabelStudio, project: int, *, whole: bool = False, **filters: tuple[str, str, Any]
) -> Iterator[Any]:
    """The tasks of a project for which each column (`data.` written as `data_`) has operator, type and value.

    Each has its number and data; `whole` brings their predictions and annotations along.
    """
    items = [
        {
            "filter": f"filter:tasks:{column.replace('data_', 'data.', 1)}",
            "operator": operator,
            "type": kind,
            "value": value,
        }
        for column, (operator, kind, value) in filters.items()
    ]
    # Other fields are counted and joined for each task, which takes the server longer than finding it.
    fields = {"fields": "all"} if whole else {"fields": "task_only", "include": "id,data"}
    query = json.dumps({"filters": {"conjunction": "and", "items": items}})
    yield from client.tasks.list(project=project, query=query, page_size=1000, **fields)


def send(client: LabelStudio, path: str, rows: Sequence[Any]) -> Any:  # noqa: ANN401 - whatever the server says
    """Post many rows and give the answer; raises the SDK's own ApiError.

    The SDK's methods look at each value in turn before they encode it: seconds for a thousand stories.
    """
    from label_studio_sdk.core.api_error import ApiError  # noqa: PLC0415

    answer = client._client_wrapper.httpx_client.request(  # noqa: SLF001 - the connection with its token
        path, method="POST", content=json.dumps(rows).encode(), headers={"content-type": "application/json"}
    )
    body = answer.json() if "json" in answer.headers.get("content-type", "") else answer.text
    if not answer.is_success:
        raise ApiError(status_code=answer.status_code, headers=dict(answer.headers), body=body)
    return body


def server_key(client: LabelStudio) -> str:
    """What tells this server from others, wherever it is moved: a hash of when its organisation was made.

    To the microsecond and on no public page, so that pseudonyms made with it cannot be guessed back.
    """
    made = min(str(o.created_at) for o in client.organizations.list())
    return hashlib.sha256(made.encode()).hexdigest()


def _check_version(url: str, client: LabelStudio) -> None:
    release = str(getattr(client.versions.get(), "release", "unknown"))
    if not release.startswith(KNOWN_VERSIONS):
        known = " or ".join(v + "x" for v in KNOWN_VERSIONS)
        raise LabelStudioError(f"Label Studio {release} at {url} is not known to work: use {known}")


@contextmanager
def _our_errors(url: str, secret: str) -> Iterator[None]:
    import httpx  # noqa: PLC0415
    from label_studio_sdk.core.api_error import ApiError  # noqa: PLC0415
    from pydantic import ValidationError  # noqa: PLC0415

    try:
        yield
    except ApiError as error:
        line = _refusal(url, error.status_code, error.body)
    except httpx.ConnectError:
        line = (
            f"Label Studio cannot be reached at {url}: start it (annotator studio start) or check the address"
        )
    except httpx.TimeoutException:
        line = f"Label Studio at {url} did not answer in time: run the same command again"
    except httpx.HTTPError as error:
        line = (
            f"Label Studio at {url} broke the connection ({type(error).__name__}): run the same command again"
        )
    except (ValidationError, json.JSONDecodeError):
        line = f"what answers at {url} does not speak as Label Studio does: check the address"
    else:
        return
    # Outside of the handlers: the SDK's error, which holds cookies, is no part of what we raise.
    raise LabelStudioError(line.replace(secret, "***")) from None


def _refusal(url: str, status: int | None, body: object) -> str:
    told = _one_line(body)
    if status in {401, 403}:
        return f"Label Studio at {url} refuses the token ({status}: {told}): set ANNOTATOR_STUDIO_TOKEN anew"
    return f"Label Studio at {url} answered {status}: {told}"


def _one_line(body: object, length: int = 200) -> str:
    if isinstance(body, dict):
        parts: Sequence[object] = [body[k] for k in ("detail", "validation_errors") if body.get(k)] or [body]
        body = "; ".join(p if isinstance(p, str) else json.dumps(p, default=str) for p in parts)
    flat = " ".join(re.sub(r"<[^>]*>", " ", str(body)).split())
    return flat if len(flat) <= length else flat[: length - 1] + "…"
