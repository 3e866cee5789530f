"""Copies of a treebank's paragraphs as a newspaper might have set them, for learning where sentences begin.

They carry what news is full of and the treebank is not: curly and doubled quotation marks, quotations over a whole
sentence or several with the speaker after them, dashes, titles and initials before names, datelines, headlines without
a stop, capitals. Copies change marks and add invented names; words keep their borders.
"""

import random
from collections.abc import Callable
from pathlib import Path

import treebank
from corpus import Text
from treebank import Paragraph, Sentence, Surface, token, with_space

from annotator.encoder import Words

PAIRS = (("“", "”"), ("“", "”"), ("“", "”"), ('"', '"'), ("''", "''"), ("``", "''"), ("‘", "’"))
# fmt: off
TITLES = (
    "Mr.", "Mrs.", "Ms.", "Dr.", "Sen.", "Rep.", "Gov.", "Gen.", "Col.", "Lt.", "Sgt.", "Capt.",
    "Prof.", "Rev.", "St.", "Maj.", "Adm.", "Supt.", "Det.", "Hon.", "Sens.", "Reps.", "Drs.",
    "Amb.", "Cmdr.", "Insp.", "President", "Mayor",
)
TOWNS = (
    "Varnholm", "PORT ELSE", "Tarrow Bay", "KESTREL", "Ostrava Hill", "MIRNA", "Lowick", "SAN ABEL",
    "Dunmere", "GRAVEL SPRINGS",
)
AGENCIES = (
    "AP", "Reuters", "AFP", "UPI", "Varnholm Post", "CNN", "Dispatch", "NDW",
)
FIRST = (
    "Marta", "Joel", "Ines", "Tobias", "Amina", "Piotr", "Rosalind", "Kofi", "Lena", "Hugh", "Yara",
    "Bram",
)
LAST = (
    "Lindqvist", "Okoro", "Farrow", "Delacroix", "Brandt", "Ode", "Whitlock", "Marchetti", "O'Dell",
    "Sato", "Vance", "Haddad",
)
VERBS = (
    "said", "said", "said", "told reporters", "added", "wrote", "asked", "warned", "tweeted",
    "insisted", "argued",
)
TAILS = (
    "on Tuesday", "in a statement", "after the vote", "of the ruling", "at a news conference",
    "in an interview",
)
PRONOUNS = (
    "he", "she", "they", "the mayor", "a spokesman", "the company", "the ministry", "one official",
)
MONTHS = {
    "January": "Jan.", "February": "Feb.", "August": "Aug.", "September": "Sept.", "October":
    "Oct.", "November": "Nov.", "December": "Dec.",
}
# fmt: on


def spaced(text: str) -> list[Surface]:
    """Tokens of a phrase written for this file, apart by spaces."""
    return [token(word) for word in text.split()]


def last_glued(tokens: list[Surface]) -> list[Surface]:
    return [*tokens[:-1], with_space(tokens[-1], False)]


def curly(sentence: Sentence, dice: random.Random) -> Sentence:
    """Straight marks as curly, doubled or single ones by the side they are glued to, apostrophes as ’."""
    opening, closing = dice.choice(PAIRS)
    apostrophe = dice.choice("'’’")
    changed, spaced_before = [], True
    for t in sentence:
        text = t.text
        if text in {'"', "“", "”", "``", "''"}:
            text = opening if spaced_before and not t.space_after else closing
        elif text in {"'", "’", "‘"}:
            text = "‘" if spaced_before and not t.space_after and apostrophe == "’" else apostrophe
        else:
            text = text.replace("'", apostrophe).replace("’", apostrophe)
        words = (
            tuple(w.replace("'", apostrophe).replace("’", apostrophe) for w in t.words)
            if t.contracted
            else (text,)
        )
        changed.append(Surface(text, words, t.space_after))
        spaced_before = t.space_after
    return tuple(changed)


def raised(tokens: list[Surface]) -> list[Surface]:
    """The same with a capital at the start, as a sentence begins."""
    first = tokens[0].text[:1].upper() + tokens[0].text[1:]
    return [Surface(first, (first,), tokens[0].space_after), *tokens[1:]]


def speaker(dice: random.Random) -> list[Surface]:
    """`said Ines Farrow on Tuesday`, `she added`: the words before or after a quotation."""
    verb, tail = spaced(dice.choice(VERBS)), spaced(dice.choice(TAILS)) if dice.random() < 0.3 else []
    name = (
        spaced(f"{dice.choice(FIRST)} {dice.choice(LAST)}")
        if dice.random() < 0.6
        else spaced(dice.choice(PRONOUNS))
    )
    return [*name, *verb, *tail] if dice.random() < 0.5 else [*verb, *name, *tail]


def quoted(sentence: Sentence, dice: random.Random) -> Sentence:
    """A sentence as a quotation: alone, with its speaker after it, or after its speaker."""
    opening, closing = dice.choice(PAIRS)
    body, stop = list(sentence), sentence[-1].text
    if len(body) < 3 or any(t.text in {'"', "“", "”", "''", "``"} for t in body):
        return sentence
    start = [token(opening, space_after=False)]
    shape = dice.random()
    if shape < 0.35 and stop in {".", "?", "!"}:
        mark = token("," if stop == "." else stop, space_after=False)
        inside = [*last_glued(body[:-1]), mark, token(closing)]
        return (*start, *inside, *last_glued(speaker(dice)), token("."))
    whole = [*start, *last_glued(body), token(closing)]
    if shape < 0.55:
        return (*last_glued(raised(speaker(dice))), token(dice.choice(",,:")), *whole)
    return tuple(whole)


def named(sentence: Sentence, dice: random.Random) -> Sentence:
    """Titles and initials before capitalised words, months cut short: stops that end no sentence."""
    changed: list[Surface] = []
    for i, t in enumerate(sentence):
        following = sentence[i + 1].text if i + 1 < len(sentence) else ""
        before = sentence[i - 1].text if i else ""
        if t.text in MONTHS and following[:1].isdigit():
            changed.append(Surface(MONTHS[t.text], (MONTHS[t.text],), t.space_after))
            continue
        name = i > 0 and t.text.istitle() and t.text.isalpha() and len(t.text) > 1 and before.islower()
        if name and t.space_after and following.istitle() and dice.random() < 0.5:
            changed += [t, token(dice.choice("ABCDEFGHJKLMNPRSTW") + ".")]
            continue
        if name and dice.random() < 0.5:
            changed.append(token(dice.choice(TITLES)))
        changed.append(t)
    return tuple(changed)


def dashed(sentence: Sentence, dice: random.Random) -> Sentence:
    """Dashes and some commas inside a sentence as em or en dashes, with and without spaces."""
    dash, glued = dice.choice("—–—"), dice.random() < 0.4
    changed: list[Surface] = []
    for i, t in enumerate(sentence):
        inner = 0 < i < len(sentence) - 1
        free = inner and t.space_after and changed[-1].space_after
        if inner and (
            (t.text in {"-", "--", "–", "—"} and free)
            or (t.text == "," and t.space_after and dice.random() < 0.3)
        ):
            changed[-1] = with_space(changed[-1], not glued)
            changed.append(token(dash, space_after=not glued))
        else:
            changed.append(t)
    return tuple(changed)


def dateline(sentence: Sentence, dice: random.Random) -> Sentence:
    """`LOWICK (NDW) — ` before the first sentence of a story."""
    town = spaced(dice.choice(TOWNS))
    agency = [token("(", space_after=False), *last_glued(spaced(dice.choice(AGENCIES))), token(")")]
    return (*town, *(agency if dice.random() < 0.7 else []), token(dice.choice("—–-")), *sentence)


def shouted(sentence: Sentence, _dice: random.Random) -> Sentence:
    return tuple(Surface(t.text.upper(), tuple(w.upper() for w in t.words), t.space_after) for t in sentence)


def headline(sentence: Sentence, dice: random.Random) -> Sentence:
    """A line of its own without a stop: as it is, In Title Case, or IN CAPITALS."""
    kept = sentence[:-1] if sentence[-1].text == "." and len(sentence) > 1 else sentence
    case = dice.choice((str, str.capitalize, str.upper))
    if case is str.capitalize:
        return tuple(Surface(t.text[:1].upper() + t.text[1:], t.words, t.space_after) for t in kept)
    return tuple(Surface(case(t.text), tuple(case(w) for w in t.words), t.space_after) for t in kept)


def quoted_run(paragraph: Paragraph, dice: random.Random) -> Paragraph:
    """Marks around several sentences: the closing one stays with the sentence it closes."""
    opening, closing = dice.choice(PAIRS)
    first, last = paragraph[0], paragraph[-1]
    start = token(opening, space_after=False)
    if len(paragraph) == 1:
        return [(start, *last_glued(list(first)), token(closing))]
    return [(start, *first), *paragraph[1:-1], (*last_glued(list(last)), token(closing))]


Change = Callable[[Sentence, random.Random], Sentence]
CHANGES: tuple[tuple[Change, float], ...] = (
    (curly, 0.5),
    (quoted, 0.25),
    (named, 0.5),
    (dashed, 0.15),
    (shouted, 0.02),
)


def has_quotes(paragraph: Paragraph) -> bool:
    return any(t.text in {'"', "“", "”", "''", "'"} for sentence in paragraph for t in sentence)


def newslike(paragraph: Paragraph, dice: random.Random) -> Paragraph:
    """One paragraph as a newspaper might have set it."""
    for change, share in CHANGES:
        rate = 1.0 if change is curly and has_quotes(paragraph) else share
        paragraph = [change(s, dice) if dice.random() < rate else s for s in paragraph]
    if not has_quotes(paragraph) and dice.random() < 0.15:
        paragraph = quoted_run(paragraph, dice)
    if dice.random() < 0.1:
        paragraph = [dateline(paragraph[0], dice), *paragraph[1:]]
    return paragraph


def copies(found: list[Paragraph], *, share: float, seed: int) -> list[Paragraph]:
    """News-like copies of a share of the paragraphs and of all with quotation marks, and headlines."""
    dice = random.Random(seed)
    changed = [newslike(p, dice) for p in found if has_quotes(p) or dice.random() < share]
    lines = [s for p in found for s in p if 4 <= len(s) <= 16 and s[-1].text in {".", "!", "?"}]
    return [*changed, *([headline(s, dice)] for s in dice.sample(lines, min(len(lines), len(found) // 5)))]


def newslike_texts(path: Path, *, share: float = 0.25, seed: int = 20, size: int = 20) -> list[Text]:
    """Copies out of a CoNLL-U file, `size` paragraphs a text, with their words and where sentences begin."""
    found = copies(treebank.paragraphs(path), share=share, seed=seed)
    out = []
    for at in range(0, len(found), size):
        words: list[str] = []
        paragraphs: list[bool] = []
        sentences: list[bool] = []
        for paragraph in found[at : at + size]:
            for k, sentence in enumerate(paragraph):
                for i, word in enumerate(w for t in sentence for w in t.words):
                    words.append(word)
                    paragraphs.append(i == 0 and k == 0)
                    sentences.append(i == 0)
        out.append(Text(f"newslike/{at}", Words(words, paragraphs, sentences), parted=True))
    return out
