"""Parses written by hand: `word|part|head|relation[|lemma[|tag[|features]]]`, heads counted from 1 in each sentence."""

from __future__ import annotations

import re

from annotator.analysis import Analysis, Learned, Mention, Sentence, Token
from annotator.model import Document, Paragraph, Span

PARTS = {
    "N": "NOUN",
    "P": "PROPN",
    "V": "VERB",
    "R": "PRON",
    "D": "DET",
    "J": "ADJ",
    "X": "AUX",
    "C": "CCONJ",
    "S": "SCONJ",
    "I": "ADP",
    "T": "PART",
    "B": "ADV",
    "M": "NUM",
    ".": "PUNCT",
}
TIGHT = re.compile(r"[.,;:?!)”’‐]|'s|n't|'")


def parsed(*sentences: str, names: dict[str, str] | None = None, blocks: tuple[str, ...] = ()) -> Analysis:
    """The analysis of sentences with a space between them; ¶ as a sentence of its own begins a new paragraph."""
    text, tokens, bounds, gap = "", [], [], ""
    for sentence in sentences:
        if sentence == "¶":
            gap = "\n\n"
            continue
        text += gap
        first, words = len(tokens), sentence.split()
        open_straight = False
        for k, part in enumerate(words):
            word, code, head, relation, *rest = part.split("|")
            closes = word == '"' and open_straight
            after_opening = text.endswith(("“", "(", "‐", "‘")) or (
                text.endswith('"') and open_straight and k > 0
            )
            if k and not (TIGHT.fullmatch(word) or closes or after_opening):
                text += " "
            if word == '"':
                open_straight = not open_straight
            lemma, tag, feats = (*rest, "", "", "")[:3]
            start = len(text)
            text += word
            up = first + int(head) - 1 if head != "0" else -1
            tokens.append(
                Token(start, len(text), word, lemma or word.lower(), PARTS[code], up, relation, tag, feats)
            )
        bounds.append(Sentence(first, len(tokens), tokens[first].start, len(text)))
        gap = " "
    return Analysis(text, tuple(tokens), tuple(bounds), _mentions(text, names or {}))


def _mentions(text: str, names: dict[str, str]) -> tuple[Mention, ...]:
    found = [
        Mention(m.start(), m.end(), kind)
        for name, kind in names.items()
        for m in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text)
    ]
    return tuple(sorted(found, key=lambda m: m.start))


def document(text: str, kinds: dict[int, str] | None = None) -> Document:
    """A document whose paragraphs are the blocks between blank lines; `kinds` names those that are not body."""
    paragraphs, at = [], 0
    for k, block in enumerate(text.split("\n\n")):
        paragraphs.append(Paragraph(at, at + len(block), (kinds or {}).get(k, "body")))
        at += len(block) + 2
    return Document("story", text, paragraphs=tuple(paragraphs))


def learned(
    text: str,
    content: str | tuple[str, ...],
    cue: str = "",
    source: str = "",
    *,
    inner: bool = False,
    **scores: float,
) -> Learned:
    """What the model would have marked, by its words, each at its first place in the text."""

    def span(words: str) -> Span:
        start = text.index(words)
        return Span(start, start + len(words))

    pieces = (content,) if isinstance(content, str) else content
    return Learned(
        tuple(map(span, pieces)),
        span(cue) if cue else None,
        span(source) if source else None,
        scores.get("score", 0.7),
        scores.get("no_source_score", 0.1),
        inner=inner,
    )
