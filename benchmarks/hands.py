"""A hand at the annotator's page: does planned actions in Chromium one by one, and counts what it really did.

    ANNOTATOR_STUDIO_EXECUTABLE=.venv-studio/bin/label-studio python benchmarks/actions.py --chromium NAME ...

A Label Studio of its own is started in a folder that is deleted afterwards. Each story is corrected from the machine's
version and made anew from an empty page, submitted, pulled, and compared with the gold.
"""

from __future__ import annotations

import json
import shutil
import socket
import tempfile
from contextlib import contextmanager
from itertools import cycle, islice, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

from annotator import studio
from annotator.labelstudio import pull, push
from annotator.labelstudio.client import connected, find_project, tasks_where
from annotator.settings import Settings
from annotator.store import annotation_to_json, document_to_json, read_annotations, write_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from actions import Action, Region, Work
    from playwright.sync_api import Page
    from pydantic import SecretStr

# High enough that no sample needs scrolling, which would cost nothing anyway.
VIEW = {"width": 1400, "height": 3200}
# Where a range of code points stands on the screen: the first and the last box of its lines.
BOXES = """
([start, end]) => {
  const root = document.querySelector('[class*=richtext__container]');
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  const range = document.createRange();
  let at = 0, begun = false;
  for (let node; (node = walker.nextNode()); ) {
    const letters = node.nodeType === 3 ? [...node.data] : node.tagName === 'BR' ? ['\\n'] : [];
    const units = n => letters.slice(0, n).join('').length;
    if (node.nodeType === 3) {
      if (!begun && start < at + letters.length) { range.setStart(node, units(start - at)); begun = true; }
      if (begun && end <= at + letters.length) { range.setEnd(node, units(end - at)); break; }
    }
    at += letters.length;
  }
  const boxes = [...range.getClientRects()].filter(b => b.width > 0.5);
  const plain = b => ({ left: b.left, right: b.right, middle: (b.top + b.bottom) / 2 });
  return [plain(boxes[0]), plain(boxes[boxes.length - 1])];
}
"""
IN_TEXT = "([x, y]) => !!document.elementFromPoint(x, y)?.closest('[class*=richtext__container]')"
SELECTED = "Htx.annotationStore.selected.selectedRegions.map(r => r.cleanId)"
SPANS = """
Htx.annotationStore.selected.serializeAnnotation().filter(r => r.type === 'labels')
  .map(r => [r.id, r.value.start, r.value.end, r.value.labels[0]])
"""
# Where spans lie on one another the page goes round among them, click by click.
CLICKS = 8
KEYS = {"Source": "1", "Cue": "2", "Content": "3"}


def require(holds: object, told: object) -> None:
    """Stop where the page does not do what a person would see it do."""
    if not holds:
        raise RuntimeError(f"the page did not follow: {told}")


class Hand:
    """One open story: knows which planned region is which on the page, and counts presses, clicks and drags."""

    def __init__(self, page: Page, keys: dict[str, str]) -> None:
        self.page, self.keys, self.done = page, keys, 0
        self.ids: dict[str, str] = {}

    def act(self, action: Action) -> None:
        """Do it, and whatever it takes until the page shows that it is done."""
        getattr(self, f"_{action.kind}")(action)

    def press(self, key: str) -> None:
        """Press a key, alone or with others held."""
        self.page.keyboard.press(key)
        self.done += 1

    def spans(self) -> dict[str, tuple[int, int, str]]:
        """The regions of the page by id: start, end and label."""
        return {i: (start, end, label) for i, start, end, label in self.page.evaluate(SPANS)}

    def _id(self, region: str) -> str:
        return self.ids.get(region, region)

    def _click(self, action: Action) -> None:
        """Click where no other region stands; where one does, the page goes round among them."""
        wanted = self._id(action.region)
        drawing = self.page.evaluate("Htx.annotationStore.selected.isLinkingMode")
        ties = "Htx.annotationStore.selected.relationStore.relations.length"
        before = self.page.evaluate(ties)
        for letter in islice(cycle(self._letters(wanted)), CLICKS):
            box, _ = self.page.evaluate(BOXES, [letter, letter + 1])
            at = [(box["left"] + box["right"]) / 2, box["middle"]]
            if not self.page.evaluate(IN_TEXT, at):  # the open list of speakers hides it
                self.press("Escape")
                self.page.wait_for_function(f"({IN_TEXT})({at})")
            self.page.mouse.click(*at)
            self.done += 1
            if drawing:
                self.page.wait_for_function(f"{ties} === {before + 1}")
                return
            if self._until(lambda: self.page.evaluate(SELECTED) == [wanted]):
                self._shut()
                return
        raise RuntimeError(f"{action} selects {self.page.evaluate(SELECTED)}")

    def _letters(self, wanted: str) -> list[int]:
        """Letters of the region to click on, those first that the fewest others hold, each time held by others.

        Where others hold every letter, a space between them is the region's own.
        """
        spans = self.spans()
        start, end, _ = spans[wanted]
        others = {i: (s, e) for i, (s, e, _) in spans.items() if i != wanted}
        text = [*self.page.evaluate("Htx.annotationStore.selected.names.get('text')._value")]
        held: dict[frozenset[str], list[int]] = {}
        for n in sorted(range(start, end), key=lambda n: (text[n].isspace(), abs(2 * n - start - end))):
            by = frozenset(i for i, (s, e) in others.items() if s <= n < e)
            if text[n] != "\n" and not (by and text[n].isspace()):
                held.setdefault(by, []).append(n)
        groups = [held[by][:2] for by in sorted(held, key=len)]
        return [n for turn in zip_longest(*groups) for n in turn if n is not None]

    def _until(self, holds: Any, patience: int = 75) -> bool:  # noqa: ANN401 - a question to the page
        for _ in range(patience):
            if holds():
                return True
            self.page.wait_for_timeout(40)
        return False

    def _key(self, action: Action) -> None:
        count = len(self.spans())
        self.press(action.to)
        if action.to == "Backspace":
            require(self._until(lambda: len(self.spans()) == count - 1), action)
        if action.to == "Escape":
            self._shut()

    def _shut(self) -> None:
        """Wait until the list of speakers has faded, as an eye would: a drag begun before never ends."""
        self.page.locator("[data-slot=popover-content]").wait_for(state="hidden")

    def _drag(self, action: Action) -> None:
        """Mark a span from its first letter to its last; mend an end that the page put elsewhere."""
        before, region = self.spans(), action.to
        self._sweep(region)
        require(self._until(lambda: len(self.spans()) == len(before) + 1), action)
        (made,) = self.spans().keys() - before.keys()
        self.ids[action.region] = made
        start, end, label = self.spans()[made]
        require(label == region.label, action)
        if (start, end) != (region.start, region.end):
            self._mend(made, region)

    def _mend(self, made: str, region: Region) -> None:
        from actions import Action  # noqa: PLC0415 - the two import each other

        self._click(Action("click", made))
        for side, wanted, now in zip(
            ("start", "end"), (region.start, region.end), self.spans()[made], strict=False
        ):
            if wanted != now:
                self._handle(made, side, wanted)
        self.press("u")

    def _sweep(self, region: Region) -> None:
        first, last = self.page.evaluate(BOXES, [region.start, region.end])
        mouse = self.page.mouse
        mouse.move(first["left"] + 1, first["middle"])
        mouse.down()
        mouse.move(last["right"] - 2, last["middle"], steps=6)
        mouse.move(last["right"], last["middle"], steps=2)
        mouse.up()
        self.done += 1

    def _start(self, action: Action) -> None:
        self._handle(self._id(action.region), "start", action.to)

    def _end(self, action: Action) -> None:
        self._handle(self._id(action.region), "end", action.to)

    def _handle(self, region: str, side: str, to: int) -> None:
        """Take the handle of the selected region to an offset."""
        handle = self.page.locator("area.__resize_left" if side == "start" else "area.__resize_right").last
        box = handle.bounding_box()
        at = (to, to + 1) if side == "start" else (to - 1, to)
        place, _ = self.page.evaluate(BOXES, list(at))
        x = place["left"] + 1 if side == "start" else place["right"] - 1
        mouse = self.page.mouse
        mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        mouse.down()
        mouse.move(x - 12, place["middle"], steps=4)
        mouse.move(x, place["middle"], steps=4)
        mouse.up()
        self.done += 1
        number = 0 if side == "start" else 1
        require(self._until(lambda: self.spans()[region][number] == to), (side, to, self.spans()[region]))

    def _label(self, action: Action) -> None:
        self.press(KEYS[action.to])

    def _value(self, action: Action) -> None:
        self.press(self.keys[action.to[1]])

    def _list(self, action: Action) -> None:  # noqa: ARG002 - acts on the selected region
        self.page.locator(".attr-speaker button:visible").first.click()
        self.done += 1

    def _choose(self, action: Action) -> None:
        items = self.page.locator("[data-slot=command-item]")
        items.get_by_text(action.to, exact=True).first.click()
        self.done += 1

    def _field(self, action: Action) -> None:  # noqa: ARG002
        self.page.locator(
            ".attr-speaker textarea:visible, .attr-speaker input[type=text]:visible"
        ).last.click()
        self.done += 1

    def _type(self, action: Action) -> None:
        self.page.keyboard.type(action.to)
        self.page.keyboard.press("Enter")
        self.done += action.cost

    def _tab(self, action: Action) -> None:  # noqa: ARG002
        self.page.get_by_text("Relations", exact=True).first.click()
        self.done += 1

    def _untie(self, action: Action) -> None:
        """Delete one arrow in the list of relations."""
        ends = {self._id(action.region), self._id(action.to)}
        listed = self.page.evaluate(
            "Htx.annotationStore.selected.relationStore.relations.map(r => [r.node1.cleanId, r.node2.cleanId])"
        )
        number = next(n for n, pair in enumerate(listed) if set(pair) == ends)
        item = self.page.locator(".lsf-relations__item").nth(number)
        item.hover()
        item.locator(".lsf-relations__action button, .lsf-relations__action").last.click()
        self.done += 1
        count = "Htx.annotationStore.selected.relationStore.relations.length"
        self.page.wait_for_function(f"{count} === {len(listed) - 1}")

    def _submit(self, action: Action) -> None:  # noqa: ARG002
        with self.page.expect_response(
            lambda r: "/annotations" in r.url and r.request.method == "POST"
        ) as answer:
            self.press("Control+Enter")
        require(answer.value.status == 201, "not submitted")


@contextmanager
def server() -> Iterator[Settings]:
    """A Label Studio for the length of the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            studio_dir=Path(folder), studio_port=port, studio_host="127.0.0.1", studio_url=None
        )
        studio.start(settings)
        try:
            yield settings
        finally:
            studio.stop(settings)


@contextmanager
def browser(settings: Settings) -> Iterator[Page]:
    """Chromium, logged in as the server's first user."""
    url, _ = studio.access(settings)
    secrets = json.loads((settings.studio_dir / "credentials.json").read_text())
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=found, args=["--no-sandbox"])
        page = chromium.new_page(viewport=VIEW)
        page.set_default_timeout(90_000)
        page.goto(f"{url}/user/login/")
        page.fill("input[name=email]", secrets["user"])
        page.fill("input[name=password]", secrets["password"])
        page.keyboard.press("Enter")
        page.wait_for_function("!location.pathname.startsWith('/user/login')")
        yield page
        chromium.close()


def hotkeys() -> dict[str, str]:
    """The key of each value, as the set-up gives it."""
    from xml.etree import ElementTree as ET  # noqa: PLC0415 - read once

    from annotator.labelstudio import label_config  # noqa: PLC0415

    root = ET.fromstring(label_config())  # noqa: S314 - our own file
    return {c.attrib["value"]: c.attrib["hotkey"] for c in root.iter("Choice")}


def perform(page: Page, work: Work, url: str, token: SecretStr, folder: Path, *, empty: bool) -> int:
    """Do one way on the page and return how many actions it took; RuntimeError unless the pull brings the gold."""
    from actions import means  # noqa: PLC0415

    title = f"{work.document.id[:30]} {'empty' if empty else 'machine'}"
    write_lines(folder / "documents.jsonl", [document_to_json(work.document)])
    write_lines(folder / "annotations.jsonl", [annotation_to_json(work.machine)])
    reach = {"project": title, "url": url, "token": token}
    report = push(folder, **reach)
    with connected(url, token) as client:
        number = int(find_project(client, title).id)
        (task,) = tasks_where(client, number, whole=True)
        if empty:
            client.predictions.delete(task.predictions[0].id)
    page.goto(f"{report.url}?task={task.id}")
    page.wait_for_function("window.Htx?.annotationStore?.selected?.names.get('text')?._isReady !== false")
    page.locator("[class*=richtext__container]").wait_for()
    if not empty:
        page.wait_for_function("Htx.annotationStore.selected.regions.length > 0")
    page.wait_for_timeout(1000)
    hand = Hand(page, hotkeys())
    for action in work.from_empty if empty else work.from_machine:
        hand.act(action)
    pull(folder, **reach)
    (human,) = read_annotations(folder / "human.jsonl")
    made, gold = (
        means(human.attributions, human.entities, work.gold.entities),
        means(work.gold.attributions, work.gold.entities),
    )
    require(made == gold, f"{work.document.id}: {len(made ^ gold)} reports differ from the gold")
    return hand.done


def report(works: Sequence[Work], frozen: frozenset[str]) -> None:
    """Do every way of these stories in Chromium and print planned and real counts."""
    from actions import cost  # noqa: PLC0415

    with server() as settings, browser(settings) as page:
        url, token = studio.access(settings)
        for work in works:
            for empty in (False, True):
                planned = cost(work.from_empty if empty else work.from_machine)
                with tempfile.TemporaryDirectory() as folder:
                    real = perform(page, work, url, token, Path(folder), empty=empty)
                name = "a frozen sample" if work.document.id in frozen else work.document.id
                print(
                    f"{name}, {'empty page' if empty else 'machine'}: planned {planned}, done {real}",
                    flush=True,
                )
