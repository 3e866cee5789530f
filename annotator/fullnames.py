"""The names of a story as wholes: halves joined, with the hyphen, initials or particle that the model left out."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from annotator.analysis import Analysis, token_at, tokens_in
from annotator.missednames import is_feature_of, is_role, with_missed
from annotator.model import Role, Span
from annotator.names import PEOPLES, POSSESSIVES, fold, given_names, is_title, titles, word_class
from annotator.nouns import nouns

if TYPE_CHECKING:
    from annotator.analysis import Mention
    from annotator.model import EntityKind

    Named = tuple[range, EntityKind, float]

_INITIALS = re.compile(r"(?<![\w.])(?:[A-Z]\.[ \u00a0]?){1,3}$")

# "d'Orlo", "l'Ode": a small letter before the capital.
_ELIDED = re.compile(r"[dl]['’][A-Z]")
_NICKNAMED = re.compile(r"\b([A-Z]\w+) (?:[“\"‘]|'')([A-Z]\w+)(?:[”\"’]|'') ([A-Z]\w+)")
_CHILD_OF = frozenset({"bin", "ibn", "bint", "binti"})
# What somebody is who has an office, and words of the bodies whose heads they are.
_OFFICES = frozenset(
    {"general", "minister", "secretary", "chancellor", "commissioner", "ombudsman", "treasurer"}
)
_BODIES = frozenset({"office", "department", "ministry", "of"})
_RANKS = frozenset({"cllr", "coun", "dci", "det", "insp", "supt", "wpc"})
_COURTESIES = frozenset({"mr", "mrs", "ms", "miss", "mx"})
_STORM = re.compile(r"(?<![Tt]he )\b(?:Cyclone|Hurricane|Storm|Typhoon) ([A-Z][a-z]+)\b(?! [A-Z])")
# Words of a person's name at most, and of a whole one at least.
_NAME, _FULL = 3, 2
# Where a name is never over.
_JOINTS = frozenset({"of", "and", "for", "&"})
# A syllable of a given name has so many letters at most; what else of that length follows a name and a hyphen.
_SYLLABLE = 5
_PARTICIPLES = frozenset(
    {"led", "era", "run", "born", "made", "based", "like", "style", "owned", "aged", "hit", "free"}
)


def full_names(analysis: Analysis) -> list[Named]:
    """The model's names with borders set right: a word that belongs to the name is no part of the surroundings.

    "Salma" + "Rahbi" found apart or in half, "Salma al" + "-" + "Rahbi", the "Ministry" of "Harbour Ministry". Names
    that it missed beside a role are added: "their coach, K. P. Ode,".
    """
    out: list[Named] = []
    sentences = analysis.sentence_of
    # “Hurricane *Ilka*”, “Storm *Ilka*” is nobody, by her name alone neither; “the Storm Water Board” is.
    storms = {m[1] for m in _STORM.finditer(analysis.text)}
    for mention in analysis.mentions:
        tokens = tokens_in(analysis, mention.span)
        if not tokens or (out and tokens.start < out[-1][0].stop):
            continue
        if _is_of_a_people(analysis, tokens) or _is_title(analysis, tokens) or _is_none(analysis, mention):
            continue
        if analysis.tokens[tokens[-1]].text in storms and len(tokens) <= _FULL:
            continue
        floor = out[-1][0].stop if out else 0
        whole, kind = _whole(analysis, tokens, mention.kind, floor)
        score = min(1.0, max(0.0, mention.score))
        goes_on = bool(out) and (
            _is_body_of(analysis, out[-1], whole, kind) or _is_firm(analysis, out[-1][0], whole)
        )
        kind = "organization" if goes_on else kind
        one = bool(out) and _one_name(analysis, out[-1][0], whole, same=kind == out[-1][1])
        one = one or (
            bool(out) and kind == out[-1][1] == "person" and _is_filled_in(analysis, out[-1][0], whole)
        )
        # A headline's last name goes on with no dateline.
        if (goes_on or one) and sentences[out[-1][0].stop - 1] == sentences[whole.start]:
            before = out.pop()
            whole, score = range(before[0].start, whole.stop), max(score, before[2])
        out.append((whole, kind, score))
    out = [part for name in _with_nicknames(analysis, out) for part in _parted(analysis, name, out)]
    out = [part for name in out for part in _without_owner(analysis, name)]
    out = [(*_without_office(analysis, whole, kind), score) for whole, kind, score in out]
    out = [(*_without_trade(analysis, whole, kind), score) for whole, kind, score in out]
    named = [(whole, _by_role(analysis, whole, kind), score) for whole, kind, score in out]
    return with_missed(analysis, named)


def _whole(analysis: Analysis, tokens: range, kind: EntityKind, floor: int) -> tuple[range, EntityKind]:
    """A found name with the words on both sides that are its own, and its kind where these tell another."""
    first, last = tokens.start, tokens.stop
    while first > floor and _continues(analysis, first - 1, tokens, kind):
        first -= 1
    while last < len(analysis.tokens) and _continues(analysis, last, range(first, last), kind):
        last += 1
    while (
        last > tokens.stop
        and analysis.tokens[last - 1].text.islower()
        and analysis.tokens[last - 2].text != "-"
    ):
        # A particle that nothing follows: "Karl Ode von" was no name.
        last -= 1
    if kind == "person":
        first = max(floor, _initials_before(analysis, first))
        first = max(floor, _particle_before(analysis, range(first, last)))
        last = _past_father(analysis, last)
    last = _past_conjunction(analysis, first, last)
    if last < len(analysis.tokens) and is_feature_of(analysis, last, range(first, last)):
        return range(first, last + 1), "place"
    if last - first == 1 and first > floor and _is_land_word(analysis, first - 1):
        return range(first - 1, last), "place"
    return range(first, last), kind


def _with_nicknames(analysis: Analysis, named: list[Named]) -> list[Named]:
    """The names with a nickname in marks inside made one: William “Billy” Ode."""
    out = list(named)
    for m in _NICKNAMED.finditer(analysis.text):
        first, last = token_at(analysis, m.start(1)), token_at(analysis, m.start(3))
        if first is None or last is None:
            continue
        inside = [n for n in out if n[0].start <= last and first < n[0].stop]
        if any(kind == "person" for _, kind, _ in inside) and analysis.tokens[first].upos == "PROPN":
            whole = range(
                min(first, *(n[0].start for n in inside)), max(last + 1, *(n[0].stop for n in inside))
            )
            out = [n for n in out if n not in inside] + [(whole, "person", max(n[2] for n in inside))]
    return sorted(out, key=lambda n: n[0].start)


def _is_land_word(analysis: Analysis, i: int) -> bool:
    """Whether a word begins the name of a place with the next one: "Port Merrin", "Mount Orv"."""
    token, after = analysis.tokens[i], analysis.tokens[i + 1 : i + 2]
    known = token.text[:1].isupper() and fold(token.text).strip(".") in word_class("land")
    return known and bool(after) and after[0].text[:1].isupper() and after[0].start <= token.end + 1


def _past_conjunction(analysis: Analysis, first: int, last: int) -> int:
    """The end of a name that was cut off after "of" or "and": "Federation of Dock and" + "Warehouse Workers"."""
    tokens = analysis.tokens
    if last - first < 2 or tokens[last - 1].text.lower() not in _JOINTS:
        return last
    end = last
    while end < len(tokens) and tokens[end].text[:1].isupper() and tokens[end].upos in ("PROPN", "NOUN"):
        end += 1
    return end if end > last else last - 1


def _past_father(analysis: Analysis, last: int) -> int:
    """The end of a name that was cut off before whose son or daughter somebody is: "Karim bin" + "Said"."""
    tokens = analysis.tokens
    while last < len(tokens) and tokens[last - 1].text in _CHILD_OF and tokens[last].text[:1].isupper():
        last += 1
        while last < len(tokens) and tokens[last].text in _CHILD_OF:
            last += 1
    return last


def _is_title(analysis: Analysis, tokens: range) -> bool:
    """Whether what was found is the title before a name, and no name: "Crown" of "Crown Prince Karim"."""
    after = tokens.stop
    while after < len(analysis.tokens) and is_title(analysis.tokens[after].text):
        after += 1
    named = after < len(analysis.tokens) and analysis.tokens[after].text[:1].isupper()
    return named and all(is_title(analysis.tokens[i].text) for i in tokens)


def _is_none(analysis: Analysis, mention: Mention) -> bool:
    """Whether what was found is a pronoun, or an office for a body: "We", "the Attorney General"; "WHO" is a body."""
    text = mention.span.of(analysis.text)
    words = [fold(w) for w in re.split(r"[\s-]+", text)]
    if all(analysis.tokens[i].upos == "PRON" for i in tokens_in(analysis, mention.span)):
        return not text.isupper() or len(text) == 1
    if set(words) <= word_class("portfolio") | {"and"} and _holds_office(analysis, mention):
        # “The *Home* Secretary”, “the *Health* Minister, Ana Ode,”
        return True
    return (
        len(words) > 1
        and mention.kind == "organization"
        and words[-1] in _OFFICES
        and not set(words) & _BODIES
    )


def _holds_office(analysis: Analysis, mention: Mention) -> bool:
    """Whether the word behind a name is an office, written large too."""
    after = analysis.tokens[tokens_in(analysis, mention.span).stop :][:1]
    return bool(after) and after[0].text[:1].isupper() and fold(after[0].text) in _OFFICES


def _is_of_a_people(analysis: Analysis, tokens: range) -> bool:
    """Whether a lone word before a noun says of which people it is: "Orvian troops" in a story about Orvia."""
    token = analysis.tokens[tokens.start]
    if len(tokens) > 1 or token.deprel not in ("amod", "compound") or token.head <= tokens.start:
        return False
    word = token.text.lower()
    ending = next((e for e in PEOPLES if word.endswith(e)), None)
    if ending is None or analysis.tokens[token.head].upos != "NOUN":
        return False
    stem = word[: -len(ending)]
    lands = (t.text.lower() for t in analysis.tokens if t.upos == "PROPN" and t.text[:1].isupper())
    return len(stem) > 2 and any(w.startswith(stem) and not w.startswith(word) for w in lands)


def _by_role(analysis: Analysis, name: range, kind: EntityKind) -> EntityKind:
    """A person where a name is in apposition to a role: "the clerk, Port Ode,"; not "her rival, Norvik,".

    So is whom a rank tells that no body bears in its name: "DCI Ode".
    """
    if (
        kind == "organization"
        and len(name) > 1
        and fold(analysis.tokens[name.start].text).strip(".") in _RANKS
    ):
        return "person"
    head = next((i for i in name if analysis.tokens[i].head not in name), name.start)
    above = analysis.tokens[head].head
    told = kind == "organization" and analysis.tokens[head].deprel == "appos" and above >= 0
    return "person" if told and is_role(analysis, above) else kind


def _parted(analysis: Analysis, name: Named, others: list[Named]) -> list[Named]:
    """The name, or two where a hyphen joins people whom the text names by themselves: “the *Ode*-*Lund* talks”."""
    whole, kind, score = name
    tokens = analysis.tokens
    if len(whole) != len("A-B") or tokens[whole[1]].text != "-" or kind == "place":
        return [name]
    # “Ana Ode-Lund” is one who has two.
    people = (other for other, what, _ in others if what == "person")
    apart = [other for other in people if all(tokens[i].text != "-" for i in other)]
    ends = {tokens[other.stop - 1].text for other in apart}
    tells = any(tokens[i].deprel == "compound" and tokens[tokens[i].head].upos == "NOUN" for i in whole)
    both = tells and all(tokens[whole[k]].text in ends for k in (0, 2))
    return [(range(whole[k], whole[k] + 1), "person", score) for k in (0, 2)] if both else [name]


def _without_owner(analysis: Analysis, name: Named) -> list[Named]:
    """The name, or both where somebody's goes with that of the body that he is of: "the Orver Post's Ana Ode"."""
    whole, kind, score = name
    words = [fold(analysis.tokens[i].text) for i in whole]
    owns = next(
        (k for k in range(1, len(words) - _FULL) if analysis.tokens[whole[k]].text in POSSESSIVES), None
    )
    # No person's name has an owner within: “Orv Research's Mika Ode”.
    known = owns is not None and (kind == "person" or words[owns + 1] in given_names())
    if owns is None or not known or len(words) - owns - 1 > _NAME:
        return [name]
    owner: EntityKind = "organization" if kind == "person" else kind
    first, last = range(whole.start, whole[owns]), range(whole[owns] + 1, whole.stop)
    return [(first, owner, score), (last, "person", score)]


def _without_office(analysis: Analysis, name: range, kind: EntityKind) -> tuple[range, EntityKind]:
    """Who bears an office, where both were taken for one body: "*County Prosecutor* Mary Ode", "*Mrs* O.".

    An office in the middle of a name, a given name behind it and a word or two more: no body is called so.
    """
    words = [fold(analysis.tokens[i].text).strip(".") for i in name]
    if kind == "person" and {"for", "of"} & {*words[:2]} and words[0] not in given_names():
        # “Minister for Ports *Ana Ode*”
        given = next((k for k in range(len(words) - 2, 1, -1) if words[k] in given_names()), 0)
        return range(name[given], name.stop), kind
    if kind != "organization":
        return name, kind
    if len(words) > 1 and words[0] in _COURTESIES:
        return name, "person"
    for k in range(1, len(words) - 2):
        borne = words[k] in titles() or is_role(analysis, name[k])
        if borne and words[k + 1] in given_names() and len(words) - k - 1 <= _NAME:
            return range(name[k] + 1, name.stop), "person"
    return name, kind


def _without_trade(analysis: Analysis, name: range, kind: EntityKind) -> tuple[range, EntityKind]:
    """A firm's name without what it is, written large as the first word: “*Drugmaker* Orvane said”."""
    first, trades = analysis.sentences[analysis.sentence_of[name.start]].first, word_class("enterprise")
    word = analysis.tokens[name.start].text.lower()
    # “Bank Orva” is called so.
    trade = word in (trades | word_class("dealer")) - {"bank", "chain", "company"} or word.endswith("maker")
    if len(name) < _FULL or name.start != first or not trade:
        return name, kind
    after = fold(analysis.tokens[name.start + 1].text)
    return (
        (name, kind)
        if after in given_names() or after in _JOINTS
        else (range(first + 1, name.stop), "organization")
    )


def _continues(analysis: Analysis, i: int, name: range, kind: EntityKind) -> bool:
    """Whether the token beside a name is one of its words by the parse: "Harbour" of "Harbour Ministry"."""
    token = analysis.tokens[i]
    if _hyphened(analysis, i, name):
        return True
    inside = token.head in name or any(analysis.tokens[k].head == i for k in name)
    lower = fold(token.text) in word_class("particle") and kind == "person" and i >= name.stop
    capital = token.text[:1].isupper() or _ELIDED.match(token.text) is not None or lower
    if not (inside and capital and token.upos in ("PROPN", "ADJ")):
        return False
    if kind == "person":
        apart = is_title(token.text) or fold(token.lemma) in nouns()
        return token.upos == "PROPN" and not apart and _linked(analysis, i, name, ("flat",))
    if kind == "place":
        return i == name.stop and len(name) == 1 and _is_land_word(analysis, name.start)
    relations = ("compound", "flat", "amod") if i < name.start else ("compound", "flat")
    return kind == "organization" and _linked(analysis, i, name, relations)


def _hyphened(analysis: Analysis, i: int, name: range) -> bool:
    """Whether a token is joined to a name by a hyphen: both "-" and "Lind" of "Strand-Lind"; not "Oslo-based"."""
    tokens = analysis.tokens
    if i != name.stop or tokens[i].start != tokens[i - 1].end:
        return False
    # “Oh Soo-ah”, and “Soo-ah Oh” as the West has it.
    family = i + 1 + (tokens[i].text == "-")
    at = [*([name.start] if len(name) > 1 else []), *([family] if family < len(tokens) else [])]
    syllables = any(fold(tokens[k].text) in word_class("first") for k in at)
    if tokens[i].text == "-":
        after = tokens[i + 1] if i + 1 < len(tokens) else None
        return after is not None and after.start == tokens[i].end and _joins(after.text, syllables=syllables)
    return tokens[i - 1].text == "-" and _joins(tokens[i].text, syllables=syllables)


def _joins(word: str, *, syllables: bool) -> bool:
    """Whether a word goes on with a name after its hyphen: "Lind", "ah" of "Oh Soo-ah"; not "style" nor "led"."""
    syllable = word.islower() and len(word) <= _SYLLABLE and word not in _PARTICIPLES
    return word[:1].isupper() or (syllables and syllable)


def _initials_before(analysis: Analysis, first: int) -> int:
    """The first token of a name whose initials the tagger may have torn off: "N. I. Hale"; not "plan B. Hale left"."""
    tokens = analysis.tokens
    start = tokens[first].start
    found = _INITIALS.search(analysis.text[max(0, start - 16) : start])
    if found is None:
        return first
    begin = start - len(found[0])
    k = bisect_left(tokens, begin, key=lambda t: t.start)
    torn = found[0].count(".") > 1 or (k == first - 1 and tokens[k].upos == "PROPN")
    return k if torn and k < first and tokens[k].start == begin else first


def _particle_before(analysis: Analysis, name: range) -> int:
    """The first token of a surname whose particle the model left out: “*ten* Ode” where Jan ten Ode is in the story."""
    tokens, first = analysis.tokens, name.start - 1
    if len(name) > 1 or first < 1 or fold(tokens[first].text) not in word_class("particle"):
        return name.start
    words = (tokens[first].text, tokens[name.start].text)
    earlier = (
        i
        for i in range(1, first)
        if (tokens[i].text, tokens[i + 1].text) == words and tokens[i - 1].upos == "PROPN"
    )
    return first if next(earlier, None) is not None else name.start


def _linked(analysis: Analysis, i: int, name: range, relations: tuple[str, ...]) -> bool:
    token = analysis.tokens[i]
    if token.head in name:
        return token.deprel in relations
    return any(analysis.tokens[k].head == i and analysis.tokens[k].deprel in relations for k in name)


def _one_name(analysis: Analysis, a: range, b: range, *, same: bool) -> bool:
    """Whether two names are halves of one: joined by a hyphen, or flat under one another, a particle between or none.

    "Karl" and "Oster" of "Karl af Oster", "Yun-" and "Vander" of "Yun-ho Vander".
    """
    tokens = analysis.tokens
    between = range(a.stop, b.start)
    if between and tokens[between[-1]].text == "-" and _is_small(analysis, between):
        # An article that hyphens bind to its word: "Salma el-Rahbi", "Wadi-al-Zur".
        return _is_tight(analysis, a.stop - 1 if len(between) != 2 else between[0], b.start)
    if 1 <= len(between) <= 2 and all(tokens[k].deprel == "flat" and tokens[k].head in a for k in between):
        return tokens[b.start].deprel == "flat" and tokens[b.start].head in (*a, *between)
    if not between and (_modify_one_noun(analysis, a, b) or (same and _side_by_side(analysis, a, b))):
        return True
    relations = ("flat", "compound") if same and _is_land_word(analysis, a.start) else ("flat",)
    return not between and (
        _linked(analysis, b.start, a, relations) or _linked(analysis, a.stop - 1, b, relations)
    )


def _is_filled_in(analysis: Analysis, a: range, b: range) -> bool:
    """Whether brackets part two halves of a name, one of which an editor filled in: “Joni [Ode]”, “[Joni] Ode”.

    Not “Ode [Joni Ode]”, where they hold the whole name.
    """
    tokens = analysis.tokens
    one, other = ([fold(tokens[i].text) for i in name] for name in (a, b))
    if b.start - a.stop != 1 or set(one) & set(other):
        return False
    if tokens[a.stop].text == "[" and [t.text for t in tokens[b.stop : b.stop + 1]] == ["]"]:
        return len(one) == 1
    return tokens[a.stop].text == "]" and a.start > 0 and tokens[a.start - 1].text == "[" and len(other) == 1


def _is_small(analysis: Analysis, between: range) -> bool:
    """Whether there is nothing but hyphens and particles, three at most."""
    words = (analysis.tokens[k].text for k in between)
    return len(between) <= 3 and all(w == "-" or fold(w) in word_class("particle") for w in words)


def _is_tight(analysis: Analysis, first: int, last: int) -> bool:
    """Whether no space stands between any two tokens of a range, both ends included."""
    return all(analysis.tokens[k].end == analysis.tokens[k + 1].start for k in range(first, last))


def _modify_one_noun(analysis: Analysis, a: range, b: range) -> bool:
    """Whether two single words before a noun are one name of a place or body: "the Orv Canal inquiry"."""
    one, other = analysis.tokens[a.start], analysis.tokens[b.start]
    alone = len(a) == len(b) == 1 and one.text[:1].isupper() and other.text[:1].isupper()
    return alone and one.head == other.head >= b.stop and one.deprel == other.deprel == "compound"


def _side_by_side(analysis: Analysis, a: range, b: range) -> bool:
    """Whether two names of one kind stand beside each other as first and last name do: no two people are met so."""
    tokens = analysis.tokens
    apart = analysis.text[tokens[a.stop - 1].end : tokens[b.start].start]
    shown = tokens[a.start].upos == tokens[b.start].upos == "PROPN"
    return shown and apart in (" ", "\u00a0") and not _is_land_word(analysis, b.start)


def _is_firm(analysis: Analysis, one: range, other: range) -> bool:
    """Whether "&" alone parts two names: "Ode & Lund" is one firm."""
    return other.start - one.stop == 1 and analysis.tokens[one.stop].text == "&"


def _is_body_of(analysis: Analysis, before: Named, name: range, kind: EntityKind) -> bool:
    """Whether a body's name goes on after "of": "Free Union" and "Coast" of "the Free Union of the Coast"."""
    tokens, (first, body, _) = analysis.tokens, before
    between = [t.text.lower() for t in tokens[first.stop : name.start]]
    if body != "organization" or kind == "person" or between not in (["of"], ["of", "the"]):
        return False
    noun = nouns().get(fold(tokens[first.stop - 1].text))
    linked = any(tokens[k].head in first and tokens[k].deprel == "nmod" for k in name)
    return linked and noun is not None and noun.kind == "organization"


def own_role(analysis: Analysis, role: Role | None, name: int) -> Role | None:
    """A role before a name without whose kin or lawyer somebody else is: “the brother of *student* Ana Ode”."""
    of = role.text.find(" of ") if role is not None else -1
    if role is None or of < 0 or role.end > name:
        return role
    first, last = (
        tokens_in(analysis, span)[-1:]
        for span in (Span(role.start, role.start + of), Span(role.start, role.end))
    )
    people = [nouns().get(analysis.tokens[i].lemma.lower()) for i in (*first, *last)]
    if len(people) < len(("kin", "bearer")) or not all(n is not None and n.kind == "person" for n in people):
        return role
    start = role.start + of + len(" of ")
    return Role(analysis.text[start : role.end], start, role.end)
