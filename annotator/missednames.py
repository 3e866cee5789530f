"""Names that the model missed: beside a role, after initials, in short, known as one elsewhere in the story."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from annotator.analysis import Analysis, token_at, tokens_in
from annotator.model import Span
from annotator.names import DAYS, fold, is_short_form, is_title, surnames, word_class
from annotator.nouns import nouns

if TYPE_CHECKING:
    from annotator.model import EntityKind

    Named = tuple[range, EntityKind, float]

_KNOWN_AS = re.compile(
    r"\b(?:known(?: \w+){0,4} as|nicknamed|dubbed|called him|called her) [“\"‘'](?:[Tt]he )?"
    r"([A-Z]\w+(?: [A-Z]\w+)?)[”\"’']"
)
# "K." with its stop.
_INITIAL = 2


def with_missed(analysis: Analysis, named: list[Named]) -> list[Named]:
    """The names with those that the model missed: beside a role, after initials, in short, found elsewhere."""
    out = list(named)
    for search in (
        _beside_roles,
        _behind_bodies,
        _families,
        _initialled,
        _called,
        _features,
        _acronyms,
        _again,
    ):
        taken = {i for whole, _, _ in out for i in whole}
        out += search(analysis, out, taken)
    return sorted(out, key=lambda n: n[0].start)


def _beside_roles(analysis: Analysis, _: list[Named], taken: set[int]) -> list[Named]:
    """Names between a role with a comma and another comma: "His lawyer, Piet Ode, said"."""
    tokens = analysis.tokens
    out: list[Named] = []
    for i, token in enumerate(tokens):
        if token.deprel != "appos" or i < 2 or tokens[i - 1].text != "," or i in taken:
            continue
        if not is_role(analysis, token.head):
            continue
        end = i
        while end < len(tokens) and _is_of_a_name(analysis, end) and end not in taken:
            end += 1
        parted = end < len(tokens) and tokens[end].text in {",", "."}
        if parted and end - i > 1 and tokens[end - 1].text[:1].isupper():
            out.append((range(i, end), "person", 0.5))
    return out


def _behind_bodies(analysis: Analysis, _: list[Named], taken: set[int]) -> list[Named]:
    """Names of ordinary words right behind what a body is: “the charity *Second Chance* said”, “the firm *Orvane*”."""
    tokens = analysis.tokens
    out: list[Named] = []
    for i in analysis.capitals:
        if not i or i in taken:
            continue
        before = tokens[i - 1]
        noun = nouns().get(before.lemma.lower()) if before.text.islower() else None
        if noun is None or noun.kind != "organization" or not _may_begin(analysis, i):
            continue
        end = i
        while (
            end < len(tokens)
            and end not in taken
            and tokens[end].text[:1].isupper()
            and tokens[end].text not in DAYS
        ):
            end += 1
        if end > i and end not in taken:
            out.append((range(i, end), "organization", 0.5))
    return out


def _families(analysis: Analysis, _: list[Named], taken: set[int]) -> list[Named]:
    """Families by their name: “*the Millers* were asleep”."""
    tokens = analysis.tokens
    return [
        (range(i, i + 1), "group", 0.5)
        for i in analysis.capitals
        if i and i not in taken and tokens[i].xpos == "NNPS" and tokens[i].text.endswith("s")
        if tokens[i - 1].text.lower() == "the" and fold(tokens[i].text)[:-1] in surnames()
        if i + 1 == len(tokens) or not tokens[i + 1].text[:1].isupper()
    ]


def _may_begin(analysis: Analysis, i: int) -> bool:
    """Whether a capital word right behind another one of its sentence may begin a name: it is no office."""
    token, before = analysis.tokens[i], analysis.tokens[i - 1]
    inside = analysis.sentence_of[i] == analysis.sentence_of[i - 1] and before.end + 1 == token.start
    office = is_title(token.text) or is_role(analysis, i)
    return inside and token.upos in ("PROPN", "ADJ", "NOUN") and not office


def _initialled(analysis: Analysis, _: list[Named], taken: set[int]) -> list[Named]:
    """Names after initials that each have their stop and their space: "K. P. Ode"; "U.S. Steel" is none."""
    tokens, sentences = analysis.tokens, analysis.sentence_of
    out: list[Named] = []
    first, last = -1, -1
    for i in analysis.capitals:
        token, first = tokens[i], first if last == i - 1 else -1
        if len(token.text) == _INITIAL and token.text[1] == "." and i not in taken:
            first, last = i if first < 0 else first, i
            continue
        named = first >= 0 and i not in taken and token.upos == "PROPN"
        if named and len(token.text) > _INITIAL and sentences[first] == sentences[i]:
            out.append((range(first, i + 1), "person", 0.5))
        first = -1
    return out


def _called(analysis: Analysis, _: list[Named], taken: set[int]) -> list[Named]:
    """What somebody is known as, in marks: “the Crane”, “Pip”."""
    out: list[Named] = []
    for m in _KNOWN_AS.finditer(analysis.text):
        first = token_at(analysis, m.start(1))
        if first is not None and first not in taken:
            inside = tokens_in(analysis, Span(m.start(1), m.end(1)))
            out.append((range(first, inside.stop), "person", 0.6))
    return out


def _features(analysis: Analysis, _: list[Named], taken: set[int]) -> list[Named]:
    """Rivers, dams and bays by their names: "the Brede delta"."""
    tokens = analysis.tokens
    return [
        (range(i, i + 2), "place", 0.5)
        for i in analysis.capitals
        if i + 1 < len(tokens)
        and tokens[i].upos == "PROPN"
        and i not in taken
        and i + 1 not in taken
        and is_feature_of(analysis, i + 1, range(i, i + 1))
    ]


def _acronyms(analysis: Analysis, named: list[Named], taken: set[int]) -> list[Named]:
    """The short forms that brackets give a body, wherever they stand: "the Dock Workers' Union (DWU)", "the DWU"."""
    tokens = analysis.tokens
    short: dict[str, float] = {}
    for whole, kind, score in named:
        after = tokens[whole.stop : whole.stop + 2]
        if (
            kind == "organization"
            and len(after) > 1
            and is_short_form(analysis.text, after[1].start, after[1].end)
            and after[0].end == after[1].start
        ):
            short[after[1].text] = score
    if not short:
        return []
    return [
        (range(i, i + 1), "organization", short[t.text])
        for i, t in enumerate(tokens)
        if t.text in short and i not in taken
    ]


def _again(analysis: Analysis, named: list[Named], taken: set[int]) -> list[Named]:
    """Names that the model saw elsewhere, of people also their ends, in capitals too: "LUND" where Ana Lund is."""
    tokens = analysis.tokens
    known: dict[tuple[str, ...], tuple[EntityKind, float]] = {}
    for whole, kind, score in named:
        words = tuple(tokens[i].text for i in whole)
        for first in range(len(words) if kind == "person" else 1):
            if words[first][:1].isupper() and len(words[-1]) > 2:
                known.setdefault(words[first:], (kind, score))
        if kind == "person" and len(words[-1]) > 2:
            known.setdefault((words[-1].upper(),), (kind, score))
    longest: dict[str, int] = {}
    for form in known:
        longest[form[0]] = max(longest.get(form[0], 0), len(form))
    out: list[Named] = []
    past = 0
    for i in analysis.capitals:
        reach = longest.get(tokens[i].text, 0) if i >= past else 0
        lengths = (n for n in range(reach, 0, -1) if tuple(t.text for t in tokens[i : i + n]) in known)
        n = next((n for n in lengths if _stands_alone(analysis, range(i, i + n), taken)), 0)
        if n:
            out.append((range(i, i + n), *known[tuple(t.text for t in tokens[i : i + n])]))
            past = i + n
    return out


def _stands_alone(analysis: Analysis, name: range, taken: set[int]) -> bool:
    """Whether words that are a name elsewhere are one here, and not a part of another."""
    tokens = analysis.tokens
    shouted = len(tokens[name.start].text) > 2 and tokens[name.start].text.isupper()
    if any(i in taken for i in range(name.start - 1, name.stop + 1)):
        return False
    if tokens[name.start].upos != "PROPN" and not (shouted and tokens[name.start].upos == "NOUN"):
        return False
    above = tokens[name.start].head
    return len(name) > 1 or tokens[name.start].deprel not in ("compound", "flat") or above in taken


def _is_of_a_name(analysis: Analysis, i: int) -> bool:
    token = analysis.tokens[i]
    capital = token.text[:1].isupper() and token.upos == "PROPN"
    return capital or token.text == "-" or fold(token.text) in word_class("particle")


def is_role(analysis: Analysis, i: int) -> bool:
    """Whether a token says what somebody is: "lawyer", not "ally"."""
    token = analysis.tokens[i]
    noun = nouns().get(fold(token.lemma)) or nouns().get(fold(token.text))
    return noun is not None and noun.kind == "person" and fold(token.lemma) not in word_class("ally")


def is_feature_of(analysis: Analysis, i: int, name: range) -> bool:
    """Whether a common noun tells what bears a name: "the Brede *delta*", "the Orv *dam*"."""
    token = analysis.tokens[i]
    bears = any(analysis.tokens[k].head == i and analysis.tokens[k].deprel == "compound" for k in name)
    return bears and token.upos in ("NOUN", "PROPN") and token.lemma.lower() in word_class("feature")
