"""Names of people, bodies and places: their parts, the keys under which spellings meet, and how well two agree.

Nothing here decides who is who: `entities` does within a story, `register` across stories.
"""

from __future__ import annotations

import re
from csv import DictReader
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from anyascii import anyascii
from rapidfuzz.distance import JaroWinkler

# Words that belong to the name after them: "von Ammer", "al-Rahbi", "van der Meij".
PARTICLES = frozenset(
    {
        "al",
        "el",
        "ar",
        "as",
        "ash",
        "at",
        "an",
        "ad",
        "ed",
        "ul",
        "ud",
        "bin",
        "ben",
        "bint",
        "ibn",
        "abu",
        "abou",
        "um",
        "de",
        "del",
        "della",
        "di",
        "da",
        "das",
        "dos",
        "du",
        "la",
        "le",
        "lo",
        "van",
        "von",
        "der",
        "den",
        "ter",
        "ten",
        "zu",
        "zum",
        "zur",
        "st",
        "y",
        "e",
    }
)
SUFFIXES = frozenset(
    {"jr", "sr", "ii", "iii", "iv", "phd", "md", "qc", "kc", "mp", "mep", "esq", "obe", "cbe"}
)
LEGAL = frozenset(
    {
        "inc",
        "incorporated",
        "corp",
        "corporation",
        "co",
        "company",
        "ltd",
        "limited",
        "llc",
        "llp",
        "lp",
        "plc",
        "gmbh",
        "ag",
        "kg",
        "sa",
        "sarl",
        "sas",
        "spa",
        "srl",
        "bv",
        "nv",
        "oy",
        "ab",
        "as",
        "aps",
        "pty",
        "pte",
        "oao",
        "ooo",
        "pao",
        "jsc",
        "cjsc",
        "ojsc",
        "kk",
        "sdn",
        "bhd",
        "fze",
        "fzco",
        "fzc",
        "est",
        "establishment",
        "holding",
        "holdings",
        "group",
        "the",
        "of",
        "and",
        "for",
        "de",
        "la",
        "le",
        "del",
        "des",
        "du",
        "et",
        "y",
        "i",
        "e",
    }
)

_WORD = re.compile(r"[^\W_]+")
_APOSTROPHES = re.compile(r"['’‘ʼʻ`´]")
_POSSESSIVE = re.compile(r"(?:['’]s|(?<=s)['’])$")

# Sounds that transliterations write differently, longest first: "Qaddhafi"/"Gadafi", "Shchukin"/"Schukin".
_SOUNDS = (
    ("shch", "s"), ("tsch", "c"), ("sch", "s"), ("tch", "c"), ("dzh", "j"), ("kh", "h"), ("gh", "g"), ("dh", "d"),
    ("th", "t"), ("ph", "f"), ("zh", "j"), ("dj", "j"), ("sh", "s"), ("ch", "c"), ("ck", "k"), ("ts", "z"),
    ("tz", "z"), ("ks", "x"), ("q", "k"), ("w", "v"),
)  # fmt: skip
_VOWELS = str.maketrans("", "", "aeiouyhj")


@dataclass(frozen=True, slots=True)
class PersonName:
    """A person's name in parts, folded to plain lower-case letters; `words` is the whole without titles."""

    words: tuple[str, ...]
    titles: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()

    @property
    def family(self) -> str:
        """The last word: the family name in most of the names that news prints."""
        return self.words[-1] if self.words else ""


@dataclass(frozen=True, slots=True)
class Place:
    """A row of the table of metonyms: the words under which its spellings meet, and what the place stands for."""

    key: tuple[str, ...]
    stands_for: str


def read_table(name: str) -> list[dict[str, str]]:
    """The rows of a tab-separated data file of the package, its comment lines left out."""
    text = files("annotator").joinpath("data", name).read_text(encoding="utf-8")
    return list(DictReader((x for x in text.splitlines() if not x.startswith("#")), delimiter="\t"))


@cache
def titles() -> dict[str, str]:
    """Titles with the gender that the word itself tells, or an empty string."""
    return {row["title"]: row["gender"] or "" for row in read_table("titles.tsv")}


@cache
def nicknames() -> dict[str, frozenset[str]]:
    """Short forms by full given name and full names by short form."""
    out: dict[str, set[str]] = {}
    for row in read_table("nicknames.tsv"):
        for short in row["short"].split(";"):
            out.setdefault(short, set()).add(row["name"])
            out.setdefault(row["name"], set()).add(short)
    return {name: frozenset(others) for name, others in out.items()}


@cache
def places() -> dict[tuple[str, ...], Place]:
    """Countries, capitals, seats and houses by the words of every spelling."""
    out = {}
    for row in read_table("metonyms.tsv"):
        place = Place(place_words(row["name"]), row["stands_for"])
        for spelling in (row["name"], *filter(None, row["variants"].split(";"))):
            out[place_words(spelling)] = place
    return out


def place_words(text: str) -> tuple[str, ...]:
    """The words of a place's name as the table of metonyms has them: "the U.S." is "us"."""
    return tuple(w for w in words_of(text.replace(".", "")) if w not in ("the", "of"))


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Plain lower-case letters for matching: accents, scripts and apostrophes gone ("Şahin" is "sahin")."""
    plain = text if text.isascii() else anyascii(_APOSTROPHES.sub("", text))
    return _APOSTROPHES.sub("", plain).lower()


def words_of(text: str) -> tuple[str, ...]:
    """The folded words of a name, a possessive ending left out."""
    return tuple(_WORD.findall(fold(_POSSESSIVE.sub("", text))))


@lru_cache(maxsize=65536)
def person_name(text: str) -> PersonName:
    """The parts of a person's name; "Rahbi, Salma al-" is put in order, titles and suffixes are set apart."""
    before, comma, after = text.partition(",")
    if comma and after.strip() and not set(words_of(after)) <= SUFFIXES:
        text = f"{after} {before}"
    words = list(words_of(text))
    front: list[str] = []
    while len(words) > 1 and words[0] in titles():
        front.append(words.pop(0))
    back: list[str] = []
    while len(words) > 1 and words[-1] in SUFFIXES:
        back.insert(0, words.pop())
    return PersonName(tuple(words), tuple(front), tuple(back))


@lru_cache(maxsize=65536)
def sound(word: str) -> str:
    """How a folded word is pronounced, roughly: one letter for each sound that transliterations vary."""
    for old, new in _SOUNDS:
        if old in word:
            word = word.replace(old, new)
    return re.sub(r"(.)\1+", r"\1", word)


@lru_cache(maxsize=65536)
def skeleton(word: str) -> str:
    """The consonants of a folded word after `sound`: "dmitri", "dmitry" and "dmitriy" are all "dmtr"."""
    bare = re.sub(r"(.)\1+", r"\1", sound(word).translate(_VOWELS))
    return bare or sound(word)[:1]


@lru_cache(maxsize=262144)
def likeness(a: str, b: str) -> float:
    """How likely two folded words are one name part, 0 to 1: the same, an initial, a nickname, a spelling."""
    if a == b:
        return 1.0
    if len(a) == 1 or len(b) == 1:
        return 0.75 if a[0] == b[0] else 0.0
    if b in nicknames().get(a, ()):
        return 0.9
    score = JaroWinkler.similarity(sound(a), sound(b), prefix_weight=0.05)
    if skeleton(a) == skeleton(b) and len(skeleton(a)) > 1:
        return max(0.92, score)
    return score


def same_person(a: tuple[str, ...], b: tuple[str, ...], *, floor: float = 0.86) -> float:
    """How well two full names of people agree, 0 to 1: each word of the shorter has its own like in the longer.

    0.0 when one has fewer than two words: a surname alone is no evidence beyond its own story.
    """
    short, long = sorted((_joined(a), _joined(b)), key=lambda w: (len(w), w))
    if len(short) < 2:
        return 0.0
    free, total, full = list(long), 0.0, 0
    for word in short:
        best = max(free, key=lambda w: (likeness(word, w), w))
        value = likeness(word, best)
        if value < (0.7 if min(len(word), len(best)) == 1 else floor):
            return 0.0
        free.remove(best)
        total += value
        full += min(len(word), len(best)) > 1
    # "J. B." agrees with everybody: at least one whole word beside an initial.
    return total / len(short) if full > 1 or (full == 1 and len(short) == len(long)) else 0.0


def _joined(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words without particles, which spellings drop or glue on ("al-Rahbi", "Alrahbi", "Rahbi")."""
    kept = tuple(w for w in words if w not in PARTICLES)
    return kept if len(kept) > 1 else words


def body_words(text: str) -> tuple[str, ...]:
    """The words of an organisation's name that tell it from others: no article, no legal form."""
    words = words_of(text)
    kept = tuple(w for w in words if w not in LEGAL)
    return kept or words


def is_acronym_of(short: str, long: str) -> bool:
    """Whether capitals such as "NHA" are the initials of a longer name ("Northern Harbour Authority")."""
    letters = short.replace(".", "")
    if not (2 <= len(letters) <= 8 and letters.isupper() and letters.isalpha()):
        return False
    words = [w for w in re.split(r"[\s\-/]+", long) if w]
    if len(words) < 2:
        return False
    strict = "".join(w[0] for w in words if w[0].isupper())
    loose = "".join(w[0] for w in words if w.lower() != "the").upper()
    return letters in (strict, loose)
