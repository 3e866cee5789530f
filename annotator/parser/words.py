"""Text → tokens and their words, by rule, in the conventions of Universal Dependencies' English treebanks.

Hyphened words come apart ("well - known") but for those behind a prefix ("co-author"); a contraction is one token of
several words ("don't": do + n't). Where sentences begin is for the encoder to say (`heads.sentence_starts`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFIXES = (
    "anti|arch|bi|co|counter|cross|e|ex|inter|intra|mega|meta|micro|mid|mini|mono|multi|neo|non|over|pan|para|poly"
    "|post|pre|pro|proto|pseudo|quasi|re|semi|socio|sub|super|trans|tri|ultra|un|under|vice"
)
NUMBERS = r"one|two|three|four|five|six|seven|eight|nine|ten|\d+"
SITES = r"com|org|net|edu|gov|info|co\.uk|pdf|docx?|xlsx?|html?|txt|jpe?g|png|gif|zip|exe|ppt"
# A token as it stands in the text; the first pattern that fits wins.
TOKEN = re.compile(
    rf"""
      (?:https?://|www\.)[^\s<>"“”]*[\w/]                       # an address
    | [\w.+-]+@[\w-]+(?:\.[\w-]+)+ | [\w.-]*\w\.(?i:{SITES})\b(?:/[^\s<>"“”]*[\w/])?
    | [@\#]\w+                                                  # a handle, a tag
    | (?:(?<=\s)|^)[:;=8]['’]?-?[)(DPp|/\\]+(?=\s|$|[.,!?]) | (?<=[\w.!?])[:;]-?[)(]+
    | (?:[^\W\d_]\.){{2,}} | [A-Z](?:\.[A-Z])+\b | Ph\.D\.?     # initials
    | \d{{3}}[-.]\d{{3}}[-.]\d{{4}} | \d{{3}}-\d{{4}}\b         # a telephone
    | \d+(?:/\d+)+ | \d+(?:[.,:]\d+)*(?:[^\W\d_]+\b)? | (?<=[.,\s])\.\d+
    | (?:(?<=\s)|^)['’]\d0?s?\d*\b                              # a year without its century
    | [A-Z]+(?:&[A-Z]+)+\b | \b(?:b/c|w/o|w/|c/o)(?=\s)
    | \b(?i:{PREFIXES})-[^\W_]+ | [^\W\d_]+-of-(?:{NUMBERS})\b   # “mum-of-two Ana Ode”
    | (?P<word>[^\W\d_](?:[^\W_]|['’](?=[^\W\d_]))*)
    | `` | '' | ’’ | ‘‘ | \.{{2,}} | (?:\.\ ){{2,}}\. | [!?]{{2,}}
    | (?P<rule>[-=*~+_<>$\#–—])(?P=rule)+ | \S
    """,
    re.VERBOSE,
)
# Most words: letters with nothing behind them that any pattern but the plain word's could want.
PLAIN = re.compile(r"\s*([^\W\d_]+)(?=[\s,;?!)”\"]|\Z)")
NEGATED = "do|did|does|is|are|was|were|would|could|should|has|have|had|ai"
CONTRACTED = re.compile(
    r"(.*[^\W\d_])(n['’]t)|(.*\w)(['’](?:s|re|ve|ll|d|m))|(can)(not)|(gon|wan)(na)|(got|out)(ta)|(gim|lem)(me)"
    rf"|({NEGATED})(nt)",
    re.IGNORECASE,
)
# Before a figure these stand for a longer word ("No. 9"); elsewhere they end a sentence like any other.
BEFORE_FIGURES = frozenset({"No", "no", "Nos", "pp", "p", "Art", "Fig", "Vol", "Sec"})


@dataclass(frozen=True, slots=True)
class Split:
    """One token's range and its syntactic words, more than one in a contraction."""

    start: int
    end: int
    words: tuple[str, ...]


@lru_cache(maxsize=1)
def abbreviations() -> frozenset[str]:
    """The words whose full stop belongs to them, as the lexicon writes them."""
    text = resources.files("annotator").joinpath("data/abbreviations.tsv").read_text(encoding="utf8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return frozenset(word for row in rows for word in row[1].split())


def split(text: str, first: int = 0, last: int | None = None) -> Iterator[Split]:
    """The tokens of one paragraph in order; every character that is no white space is in one of them.

    The paragraph is the text from `first` up to `last`, offsets are those of the text.
    """
    at, quoted, end = first, False, len(text) if last is None else last
    while True:
        if plain := PLAIN.match(text, at, end):
            start, at = plain.span(1)
            yield Split(start, at, words_of(plain[1]))
            continue
        match = TOKEN.search(text, at, end)
        if match is None:
            return
        start, at = match.span()
        if not match["word"]:
            quoted = match[0] == "‘" or (match[0] == "'" and not quoted)
            yield Split(start, at, (match[0],))
            continue
        owned = at < end and (_owns_stop(text, start, at, first) or (not quoted and _is_possessive(text, at)))
        if owned:
            at += 1
        yield Split(start, at, words_of(text[start:at]))


@lru_cache(maxsize=50_000)
def words_of(token: str) -> tuple[str, ...]:
    """The syntactic words of a token: two in a contraction or a plural's possessive."""
    if token[-1] in "'’":
        return token[:-1], token[-1]
    if match := CONTRACTED.fullmatch(token):
        first, second = (g for g in match.groups() if g is not None)
        return first, second
    return (token,)


def _owns_stop(text: str, start: int, end: int, first: int) -> bool:
    """Whether the full stop behind a word belongs to it: an abbreviation, or an initial before a name."""
    if text[end : end + 1] != ".":
        return False
    word, after = text[start:end], text[end + 1 : end + 3]
    if word in BEFORE_FIGURES and re.match(r" ?\d", after):
        return True
    initial = len(word) == 1 and word.isupper() and bool(re.match(r" [A-Z]|,", after))
    # "I." ends a sentence, but for the first of a list's numbers.
    return f"{word}." in abbreviations() or (initial and (word != "I" or start == first))


def _is_possessive(text: str, end: int) -> bool:
    """Whether an apostrophe behind a plural is its possessive; the caller knows that no quotation is open."""
    return (
        text[end : end + 1] in {"'", "’"}
        and text[end - 1] in "sS"
        and bool(re.match(r" [\w“\"]", text[end + 1 : end + 3]))
    )
