"""The pictures of the README: a story of our own on the annotator's page, and the leader's list, in Chromium.

    python benchmarks/screens.py            # → notebooks/screens/*.png, of few colours, under 150 KB each

Starts a Label Studio of its own and deletes it afterwards.
"""

from __future__ import annotations

import re
import tempfile
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from hands import browser, server
from PIL import Image

from annotator import run, studio
from annotator.labelstudio import push

if TYPE_CHECKING:
    from playwright.sync_api import Page

FOLDER = Path(__file__).resolve().parents[1] / "notebooks" / "screens"
STORIES = {
    "lido": [
        "Council shelves plan for lido roof",
        "By Nora Vale, local reporter",
        (
            "The town council has dropped its plan to roof the open-air pool at Marrow Street, the council's leader, "
            "Bastian Okoro, said on Tuesday."
        ),
        (
            "“We asked three builders,” Okoro told a packed meeting, “and none of them would put their name to it.” He "
            "promised that the pool would open in May all the same."
        ),
        (
            "Swimmers blamed the council for letting the site decay. “They knew in March,” said Ilse Thorn, who chairs "
            "the Friends of the Lido. The council denied that it had known of the cracks."
        ),
        "Read also: Ten cold-water swims to try this winter",
        (
            "According to a report by the engineers Dray & Pell, the north wall may fail within two years. Its repair "
            "will reportedly cost four million."
        ),
        "Share this story on social media",
    ],
    "weir": [
        "Anglers ask for a fish ladder",
        (
            "The anglers' club has asked the river board to build a ladder at Tolling Weir. “Last autumn I counted "
            "nine salmon below it and none above,” said its secretary, Per Lundgaard."
        ),
        "The board said it would look at the costs in spring.",
    ],
    "choir": [
        "Choir to sing on the quay",
        "The sailors' choir will sing on the north quay on Saturday, its conductor wrote. She expects a crowd.",
    ],
}


def keep(page: Page, name: str, *, height: int) -> None:
    """Save the upper part of the page, in few colours."""
    shown = Image.open(BytesIO(page.screenshot(clip={"x": 0, "y": 0, "width": 1280, "height": height})))
    path = FOLDER / f"{name}.png"
    shown.convert("RGB").quantize(96, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path.name}: {path.stat().st_size / 1000:.0f} KB")


def click(page: Page, words: str) -> None:
    page.locator(".htx-highlight").filter(has_text=re.compile(f"^{words}$")).first.click()
    page.wait_for_timeout(400)


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with server() as settings, browser(settings) as page, tempfile.TemporaryDirectory() as place:
        url, token = studio.access(settings)
        texts, out = Path(place) / "stories", Path(place) / "out"
        texts.mkdir()
        for name, paragraphs in STORIES.items():
            (texts / f"{name}.txt").write_text("\n\n".join(paragraphs) + "\n", encoding="utf8")
        run([texts], out)
        reach = {"url": url, "token": token}
        page.set_viewport_size({"width": 1280, "height": 800})
        page.goto(push(out, project="stories", **reach).url)
        page.get_by_text("Least sure first").first.wait_for()
        page.wait_for_timeout(2000)
        keep(page, "list", height=420)
        # The stream of a project with this story only.
        page.goto(push(out, project="lido", only={"lido"}, **reach).url + "?labeling=1")
        page.locator(".htx-highlight").first.wait_for()
        page.wait_for_timeout(1500)
        keep(page, "story", height=740)
        click(page, "denied")
        keep(page, "act", height=740)
        page.keyboard.press("Escape")
        click(page, "He")
        page.locator(".attr-speaker button:visible").first.click()
        page.wait_for_timeout(600)
        keep(page, "speaker", height=600)


if __name__ == "__main__":
    main()
