"""Stories for entities, made by hand: `word|part of speech|head|relation`, heads counted from 1 in each sentence."""

from __future__ import annotations

import re

from annotator.analysis import Analysis, Mention, Sentence, Token
from annotator.entities import resolve
from annotator.model import Attribution, Document, Entity, Paragraph, Span, attribution_id

TIGHT = {".", ",", "'s", "”", ")", ":", "-"}
PARTS = {
    "N": "NOUN", "P": "PROPN", "V": "VERB", "R": "PRON", "D": "DET", "A": "ADJ", "X": "AUX", "C": "CCONJ",
    "S": "SCONJ", "I": "ADP", "T": "PART", ".": "PUNCT", "#": "NUM",
}  # fmt: skip
PLURALS = {
    "officials": "official",
    "papers": "paper",
    "critics": "critic",
    "negotiators": "negotiator",
    "ministers": "minister",
}


def parsed(*sentences: str, names: dict[str, str] | None = None) -> Analysis:
    """The analysis of sentences; `names` gives the kind of every place where a name stands."""
    text, tokens, bounds = "", [], []
    for sentence in sentences:
        first = len(tokens)
        text += " " if text else ""
        for k, part in enumerate(sentence.split()):
            word, code, head, relation = part.rsplit("|", 3)
            text += "" if k == 0 or word in TIGHT or text.endswith(("“", "(", "-")) else " "
            plural = word in PLURALS
            tokens.append(
                Token(
                    len(text),
                    len(text) + len(word),
                    word,
                    PLURALS.get(word, word.lower()),
                    PARTS[code],
                    first + int(head) - 1 if head != "0" else -1,
                    relation,
                    "NNS" if plural else "",
                    "Number=Plur" if plural else "",
                )
            )
            text += word
        bounds.append(Sentence(first, len(tokens), tokens[first].start, tokens[-1].end))
    mentions = [
        Mention(m.start(), m.end(), kind)
        for name, kind in (names or {}).items()
        for m in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text)
    ]
    # A name inside a longer one is no mention of its own.
    whole = [
        m for m in mentions if not any(m is not o and m.span in o.span and m.span != o.span for o in mentions)
    ]
    return Analysis(text, tuple(tokens), tuple(bounds), tuple(sorted(whole, key=lambda m: m.start)))


def said(
    analysis: Analysis, source: str, cue: str, content: str, *, nth: int = 0, **fields: object
) -> Attribution:
    """An attribution by its words; `nth` counts the places where the source's words stand."""
    places_of = [m.start() for m in re.finditer(re.escape(source), analysis.text)] if source else [0]
    start = places_of[nth]

    def spans(words: str, at: int) -> tuple[Span, ...]:
        begin = analysis.text.index(words, at)
        return (Span(begin, begin + len(words)),)

    def near(words: str) -> tuple[Span, ...]:
        return spans(words, start) if words in analysis.text[start:] else spans(words, 0)

    parts = {"source": (Span(start, start + len(source)),) if source else (), "content": near(content)}
    parts["cue"] = near(cue) if cue else ()
    return Attribution(attribution_id("t", **parts), **parts, **fields)


def entities_of(
    analysis: Analysis, *attributions: Attribution, paragraphs: tuple[Paragraph, ...] = ()
) -> tuple[list[list[str]], list[list[str]], dict[str, Entity]]:
    """Names of the speakers and of those spoken about for each attribution, and the entities by name."""
    document = Document("d", analysis.text, paragraphs=paragraphs)
    done, entities = resolve(document, analysis, attributions)
    by_id = {e.id: e for e in entities}
    speakers = [[by_id[i].name for i in a.speaker_ids] for a in done]
    about = [[by_id[i].name for i in a.about_ids] for a in done]
    return speakers, about, {e.name: e for e in entities}


BRANDT = "Ana|P|3|nsubj Brandt|P|1|flat spoke|V|0|root .|.|3|punct"
HALE = "Jon|P|3|nsubj Hale|P|1|flat left|V|0|root .|.|3|punct"
PEOPLE = {"Ana Brandt": "person", "Jon Hale": "person", "Brandt": "person", "Hale": "person"}
