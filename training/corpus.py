"""The training texts as words: Universal Dependencies as they stand, attribution texts by a plain splitter.

The splitter follows the conventions of UD English ("do" "n't", "so" "-" "called"), so that the encoder learns on the
words that Stanza's tokenizer will give it.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import TYPE_CHECKING

from annotator.encoder import Words
from annotator.model import READABLE
from annotator.reader import prepare
from annotator.tagger import LABELS, ROLES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from annotator.model import Document

WORD = re.compile(
    r"""(?:[A-Z]\.){2,}
    | (?:Mr|Mrs|Ms|Dr|Sen|Rep|Gov|Gen|Lt|Sgt|Col|Capt|St|No|Jr|Sr|Prof|Jan|Feb|Aug|Sept|Oct|Nov|Dec)\.
    | \d+(?:[.,:]\d+)*
    | n['’]t\b
    | ['’](?:s|re|ve|ll|d|m)\b
    | [^\W\d_]+?(?=n['’]t\b)
    | (?:can)(?=not\b)
    | [^\W\d_]+
    | `` | '' | \.{2,} | --+
    | [^\w\s] | _""",
    re.IGNORECASE | re.VERBOSE,
)

# The kinds of entities that names are learned of.
NAMED = {"person": "PER", "organization": "ORG", "place": "LOC"}
_HEADED = re.compile(r"^=== (\w/\d+)\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Text:
    """A text's words with gold beside them, as far as its corpus has it; `sentences` are (first, last).

    `parted` says that the corpus tells where sentences begin, and not a full stop. `inner` are the labels of reports
    inside others, a number a word, or nothing where nobody marked them; `all_named` says that what is marked as no name
    is none.
    """

    key: str
    words: Words
    offsets: list[tuple[int, int]] = field(default_factory=list)
    sentences: list[tuple[int, int]] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)
    inner: list[int] = field(default_factory=list)
    pieces: list[tuple[int, str, int, int]] = field(default_factory=list)
    parted: bool = False
    all_named: bool = True


def ud_texts(path: Path) -> list[Text]:
    """One text a document of a CoNLL-U file; `rows` are the columns of its syntactic words."""
    out: list[Text] = []
    blocks: list[str] = []
    for block in [*path.read_text(encoding="utf8").strip().split("\n\n"), "# newdoc end"]:
        if "# newdoc" in block and blocks:
            out.append(_ud_text(f"{path.stem}/{len(out)}", blocks))
            blocks = []
        blocks.append(block)
    return out


def _ud_text(key: str, blocks: list[str]) -> Text:
    rows: list[list[str]] = []
    sentences, paragraphs = [], []
    for block in blocks:
        mine = [line.split("\t") for line in block.split("\n") if line[:1].isdigit()]
        mine = [r for r in mine if r[0].isdigit()]
        if mine:
            sentences.append((len(rows), len(rows) + len(mine)))
            paragraphs.append("# newpar" in block or "# newdoc" in block)
            rows += mine
    words = [r[1] for r in rows]
    starts, begins = [False] * len(rows), [False] * len(rows)
    for (a, _), new in zip(sentences, paragraphs, strict=True):
        starts[a], begins[a] = True, new
    return Text(key, Words(words, begins, starts), sentences=sentences, rows=rows, parted=True)


def attribution_texts(path: Path, *, longest: int | None = None) -> list[Text]:
    """One text a line of an attribution corpus, with a label a word and the pieces (attribution, role, first, last).

    With `longest`, attributions without cue or of more characters are left out.
    """
    with path.open(encoding="utf8") as lines:
        found = [json.loads(line) for line in lines]
    for d in found:
        if longest is not None:
            d["attributions"] = [a for a in d["attributions"] if a["cue"] and _length(a) <= longest]
    return [_attribution_text(f"{path.stem}/{d['id']}", d) for d in found]


def plain_texts(*folders: Path) -> list[Text]:
    """The texts of folders' .txt files with nothing marked: one a file, or one after each line such as `=== c/012`."""
    found: list[tuple[str, str]] = []
    for file in (f for folder in folders for f in sorted(folder.rglob("*.txt"))):
        before, *parts = _HEADED.split(file.read_text(encoding="utf8"))
        found += zip(parts[::2], parts[1::2], strict=True) if parts else [(file.stem, before)]
    return [_attribution_text(f"text/{key}", {"text": text, "attributions": []}) for key, text in found]


def _length(attribution: dict) -> int:
    return sum(e - s for s, e in attribution["content"])


def practice_texts(folder: Path) -> list[tuple[Text, list[tuple[int, int, str]]]]:
    """Our own gold stories of a folder with their names: what can be read in them, reports inside reports apart.

    A report inside a report inside a report is left out: there are a dozen.
    """
    lines = (folder / "gold.jsonl").read_text(encoding="utf8").splitlines()
    return [_practice_text(folder, json.loads(line)) for line in lines]


def _practice_text(folder: Path, gold: dict) -> tuple[Text, list[tuple[int, int, str]]]:
    story = gold["document_id"]
    document = prepare(story, (folder / "stories" / f"{story}.txt").read_text(encoding="utf8"))
    offsets, begins = _readable(document)
    layers: tuple[list[dict], ...] = ([], [])
    depth: dict[str | None, int] = {None: -1}
    for a in sorted(gold["attributions"], key=lambda a: -_length(a)):
        depth[a["id"]] = depth.get(a["parent"], 0) + 1
        if depth[a["id"]] < len(layers):
            layers[depth[a["id"]]].append(a)
    named = [
        (*_words_at(offsets, m["start"], m["end"]), NAMED[e["kind"]])
        for e in gold["entities"]
        if e["kind"] in NAMED
        for m in e["mentions"]
        if m["form"] == "name"
    ]
    text = _laid_out(f"practice/{story}", document.text, offsets, begins, layers)
    # It has the names of those who speak or are spoken of, and not every one.
    return replace(text, all_named=False), [(i, j, kind) for i, j, kind in named if i < j]


def _readable(document: Document) -> tuple[list[tuple[int, int]], list[bool]]:
    """The words of the paragraphs in which somebody can be reported, and which of them begin one."""
    offsets: list[tuple[int, int]] = []
    begins: list[bool] = []
    for p in (p for p in document.paragraphs if p.kind in READABLE):
        found = [m.span() for m in WORD.finditer(document.text, p.start, p.end)]
        offsets += found
        begins += [k == 0 for k in range(len(found))]
    return offsets, begins


def _attribution_text(key: str, document: dict) -> Text:
    text = document["text"]
    offsets = [m.span() for m in WORD.finditer(text)]
    begins = [k == 0 or "\n" in text[offsets[k - 1][1] : start] for k, (start, _) in enumerate(offsets)]
    return _laid_out(key, text, offsets, begins, (document["attributions"],))


def _laid_out(
    key: str,
    text: str,
    offsets: list[tuple[int, int]],
    begins: list[bool],
    layers: Sequence[list[dict]],
) -> Text:
    """A text's words with the labels and pieces of its attributions; a second layer are those inside others."""
    labels, pieces = [[0] * len(offsets) for _ in layers], []
    for k, (row, a) in enumerate((row, a) for row, found in zip(labels, layers, strict=True) for a in found):
        for role in ROLES:
            for i, j in (_words_at(offsets, s, e) for s, e in a[role]):
                if i < j:
                    row[i:j] = [LABELS.index(f"B-{role}")] + [LABELS.index(f"I-{role}")] * (j - i - 1)
                    pieces.append((k, role, i, j))
    sentences = [p or text[offsets[k - 1][1] - 1] in ".!?" for k, p in enumerate(begins)]
    words = Words([text[a:b] for a, b in offsets], begins, sentences)
    inner = labels[1] if len(labels) > 1 else []
    return Text(key, words, offsets=offsets, labels=labels[0], inner=inner, pieces=pieces)


def _words_at(offsets: list[tuple[int, int]], start: int, end: int) -> tuple[int, int]:
    """The words that share a character with a range: the first of them and the one after the last."""
    return bisect_right(offsets, start, key=itemgetter(1)), bisect_left(offsets, end, key=itemgetter(0))


def uner_texts(path: Path) -> list[tuple[Text, list[tuple[int, int, str]]]]:
    """Universal NER's file as texts of 40 sentences, each with its names (first word, last word, label)."""
    blocks = [b.split("\n") for b in path.read_text(encoding="utf8").strip().split("\n\n")]
    rows = [[r.split("\t") for r in block if r[:1].isdigit()] for block in blocks]
    out = []
    for at in range(0, len(rows), 40):
        part = rows[at : at + 40]
        starts = [k == 0 for sentence in part for k in range(len(sentence))]
        words = Words([r[1] for s in part for r in s], starts, starts)
        out.append((Text(f"{path.stem}/{at}", words), _runs([r[2] for s in part for r in s])))
    return out


def _runs(tags: list[str]) -> list[tuple[int, int, str]]:
    out: list[tuple[int, int, str]] = []
    for i, tag in enumerate(tags):
        if tag[:1] == "B":
            out.append((i, i + 1, tag[2:]))
        elif tag[:1] == "I" and out and out[-1][1] == i:
            out[-1] = (out[-1][0], i + 1, tag[2:])
    return [x for x in out if x[2] in {"PER", "ORG", "LOC"}]


def gum_names(path: Path) -> list[tuple[Text, list[tuple[int, int, str]]]]:
    """GUM's texts with the names among their mentions: a person, body or place whose words begin in upper case."""
    out = []
    with path.open(encoding="utf8") as lines:
        documents = [json.loads(line) for line in lines]
    for document in documents:
        text = _attribution_text(f"names/{document['id']}", {**document, "attributions": []})
        found: list[tuple[int, int, str]] = []
        marked = [m for m in document["mentions"] if m["etype"] in NAMED]
        for m in sorted(marked, key=lambda m: m["start"] - m["end"]):
            i = next((k for k, (a, _) in enumerate(text.offsets) if a >= m["start"]), len(text.offsets))
            j = next((k for k, (a, _) in enumerate(text.offsets) if a >= m["end"]), len(text.offsets))
            while i < j and text.words.words[i].lower() in {"the", "a", "an"}:
                i += 1
            words = text.words.words[i:j]
            named = all(w[0].isupper() or w in {"of", "the", "and", "de", "van", "von", "."} for w in words)
            if words and named and not any(i < b and a < j for a, b, _ in found):
                found.append((i, j, NAMED[m["etype"]]))
        out.append((text, found))
    return out
