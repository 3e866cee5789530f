"""The machine's side of Label Studio's protocol for ML backends: stories in, pre-annotations out.

What it answers is what `push` would have sent: the same pipeline, regions, ids and version. Five small
addresses, asked by one server, need no web framework: the standard library's threaded server answers whether
all is well while a story is being annotated. Who does not bring the shared secret gets 401 and nothing else.
"""

from __future__ import annotations

import base64
import hmac
import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from annotator.errors import BadAnnotation, BadArgument, BadDocument
from annotator.furniture import paragraphs
from annotator.labelstudio.config import label_config, same_config
from annotator.labelstudio.tasks import check_result, model_version, to_prediction

if TYPE_CHECKING:
    from pydantic import SecretStr

    from annotator.model import Annotation, Document
    from annotator.pipeline import Annotator

__all__ = ["USER", "Backend", "listening"]

# The name that goes with the secret: the server sends both as HTTP basic authentication.
USER = "annotator"
# A request holds the stories that somebody selected, with all their predictions; larger ones are no request of ours.
MOST_BYTES = 256 * 1024 * 1024
# Stories whose annotation is kept: a long selection may time out at the server, and the next try is answered at once.
KEPT = 2000
# Two people who open a story at once make the server ask twice; so long after an answer it may be the same story,
# and so long the second waits for the server to have stored the first.
RECENT, STORING = 10.0, 3.0
Answer = tuple[int, Mapping[str, Any]]
Route = Callable[[Mapping[str, Any]], Answer]


def _document(task: Mapping[str, Any]) -> Document:
    """The story that a task shows, with its text left as it is: the page counts in that one."""
    from annotator.reader import MAX_CHARS, prepare  # noqa: PLC0415 - brings what reads HTML

    data = task.get("data") or {}
    text, title = data.get("text"), data.get("title")
    name = str(data.get("doc_id") or f"task {task.get('id')}")
    if not isinstance(text, str):
        raise BadDocument("the task has no text", where=name)
    if len(text) > MAX_CHARS:
        raise BadDocument(f"longer than {MAX_CHARS} characters", where=name)
    title = title if isinstance(title, str) and title else None
    document = prepare(name, text, title=title)
    if document.text == text:
        return document
    return replace(document, text=text, paragraphs=paragraphs(text, title=title))


class Backend:
    """Answers a server's questions with one loaded model; `told` gets a line for each story that has no answer.

    `stored` says whether the server has a prediction of ours for a task by now. Nothing of a request is kept but
    the annotations of the last stories: not the token that `/setup` brings.
    """

    def __init__(
        self,
        annotator: Annotator,
        *,
        told: Callable[[str], None] | None = None,
        stored: Callable[[int], bool] | None = None,
    ) -> None:
        self.version = model_version(annotator.producer)
        self.asked = threading.Event()  # somebody said that the project has changed
        self._annotator = annotator
        self._told = told or (lambda _: None)
        self._stored = stored or (lambda _: False)
        self._asked_at: dict[object, float] = {}
        self._one = threading.Lock()  # a model works on one story at a time
        self._kept: OrderedDict[tuple[str, str | None], Annotation | BadDocument] = OrderedDict()

    def routes(self) -> dict[tuple[str, str], Route]:
        """What is asked by which method at which path."""
        return {
            ("GET", "/health"): lambda _: (200, {"status": "UP", "model_class": USER}),
            ("GET", "/versions"): lambda _: (200, {"versions": [self.version]}),
            ("POST", "/setup"): self._setup,
            ("POST", "/predict"): self._predict,
            ("POST", "/webhook"): self._webhook,
        }

    def _setup(self, body: Mapping[str, Any]) -> Answer:
        if not same_config(str(body.get("schema") or ""), label_config()):
            return 400, {"error": "the label set-up of the project is not ours"}
        return 200, {"model_version": self.version}

    def _predict(self, body: Mapping[str, Any]) -> Answer:
        """A prediction for each task, in their order; an empty list for one that cannot be annotated."""
        tasks = body.get("tasks")
        if not isinstance(tasks, list) or not all(isinstance(task, dict) for task in tasks):
            return 400, {"error": "no list of tasks"}
        if not same_config(str(body.get("label_config") or ""), label_config()):
            return 400, {"error": "the label set-up of the project is not ours"}
        return 200, {"results": [self._answered(task) for task in tasks]}

    def _webhook(self, _: Mapping[str, Any]) -> Answer:
        self.asked.set()
        return 200, {}

    def _answered(self, task: Mapping[str, Any]) -> list[dict[str, Any]]:
        try:
            document = _document(task)
            listed = task["data"].get("speakers")
            named = [s for s in listed if isinstance(s, dict)] if isinstance(listed, list) else []
            known = frozenset(str(s["value"]) for s in named if "value" in s)
            prediction = to_prediction(document, self._annotated(document), known=known)
            check_result(document.text, prediction["result"], known=known)
        except (BadDocument, BadAnnotation) as error:
            self._told(f"no annotation: {error}")
            return []
        return [] if self._again(task.get("id")) else [prediction]

    def _again(self, number: object) -> bool:
        """Whether this story was answered a moment ago, and the server has that answer: a second would double it."""
        now = time.monotonic()
        with self._one:
            self._asked_at = {n: at for n, at in self._asked_at.items() if now - at < RECENT}
            before = self._asked_at.get(number)
            self._asked_at[number] = now
        while before is not None and isinstance(number, int) and time.monotonic() - now < STORING:
            if self._stored(number):
                return True
            time.sleep(0.2)
        return False

    def _annotated(self, document: Document) -> Annotation:
        key = (document.text_sha256, document.title)
        with self._one:
            outcome = self._kept.pop(key, None)
            if outcome is None:
                outcome = next(self._annotator.annotate([document]))
            self._kept[key] = outcome
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        if isinstance(outcome, BadDocument):
            raise outcome
        return outcome


@contextmanager
def listening(backend: Backend, *, secret: SecretStr, host: str, port: int) -> Iterator[str]:
    """Answer at `host` and `port` (0: a free one) while the block runs; gives the address.

    Raises BadArgument if nothing can listen there.
    """
    handler = type("Handler", (_Handler,), {"routes": backend.routes(), "expected": _basic(secret)})
    try:
        server = _Server((host, port), handler)
    except OSError as error:
        raise BadArgument(f"nothing can listen on {host}:{port}: {error.strerror or error}") from None
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _basic(secret: SecretStr) -> bytes:
    pair = f"{USER}:{secret.get_secret_value()}"
    return b"Basic " + base64.b64encode(pair.encode())


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: object) -> None:
        """Say nothing: a caller that hung up is no error, and a traceback could hold what was sent."""


class _Handler(BaseHTTPRequestHandler):
    """One connection; `routes` and `expected` are set by `listening`."""

    protocol_version = "HTTP/1.1"
    server_version = "annotator"
    sys_version = ""
    timeout = 60
    routes: Mapping[tuple[str, str], Route] = {}
    expected = b""

    def do_GET(self) -> None:
        """Answer a question without a body."""
        self._answer("GET")

    def do_POST(self) -> None:
        """Answer a question with a body."""
        self._answer("POST")

    def log_message(self, *_: object) -> None:
        """Keep no log of requests."""

    def _answer(self, method: str) -> None:
        given = self.headers.get("Authorization", "").encode()
        route = self.routes.get((method, self.path.partition("?")[0].rstrip("/") or "/"))
        if not hmac.compare_digest(given, self.expected):
            # Before the body is read: whoever has no secret sends us nothing.
            self._send(401, {"error": "the secret is missing or wrong"}, last=True)
        elif route is None:
            self._send(404, {"error": "there is no such address"}, last=True)
        else:
            self._send(*self._routed(route))

    def _routed(self, route: Route) -> Answer:
        length = self.headers.get("Content-Length") or "0"
        if not length.isdecimal() or int(length) > MOST_BYTES or "Transfer-Encoding" in self.headers:
            self.close_connection = True
            return 413, {"error": "the request is too long, or does not say how long it is"}
        try:
            body = json.loads(self.rfile.read(int(length)) or b"{}")
        except ValueError:
            return 400, {"error": "the body is not JSON"}
        return route(body) if isinstance(body, dict) else (400, {"error": "the body is no object"})

    def _send(self, status: int, answer: Mapping[str, Any], *, last: bool = False) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if status == 401:
            self.send_header("WWW-Authenticate", 'Basic realm="annotator"')
        if last:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
