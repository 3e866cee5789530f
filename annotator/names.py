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

_TWICE = re.compile(r"(.)\1+")
_WORD = re.compile(r"[^\W_]+")
_APOSTROPHES = re.compile(r"['’‘ʼʻ`´]")
_POSSESSIVE = re.compile(r"(?:['’]s|(?<=s)['’])$")

# Sounds that transliterations write differently, in the order in which they are told: "Shchukin", "Schukin".
_SOUNDS = (
    ("shch", "s"), ("tsch", "c"), ("sch", "s"), ("tch", "c"), ("dzh", "j"), ("dj", "j"), ("zh", "j"), ("kh", "k"),
    ("gh", "g"), ("dh", "d"), ("th", "t"), ("ph", "f"), ("sh", "s"), ("ch", "c"), ("ck", "k"), ("ts", "z"), ("tz", "z"),
    ("ce", "ze"), ("ci", "zi"), ("cy", "zy"),
    ("lj", "li"), ("nj", "ni"), ("ij", "i"), ("rj", "ri"),
    ("q", "k"), ("w", "v"), ("x", "ks"), ("ou", "u"), ("oo", "u"), ("ee", "i"), ("ea", "i"), ("ai", "i"), ("ay", "i"),
    ("ei", "i"), ("ey", "i"), ("ie", "i"), ("o", "u"), ("e", "i"), ("y", "i"),
)  # fmt: skip
# Family names whose H is the G of their Russian spelling: "Hrytsenko", "Gritsenko".
_UKRAINIAN = re.compile(r"h\w+(?:enko|chuk|[iy]uk|sky[iy])")
# Words of bodies' names that are written in two ways or taken one for the other.
_SAME_WORD = {"defense": "defence", "electoral": "election"}
# Of these every land has one for each field.
OFFICES = frozenset({"department", "ministry"})
DAYS = frozenset(
    {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "January", "February", "March",
     "April", "May", "June", "July", "August", "September", "October", "November", "December"}
)  # fmt: skip
POSSESSIVES = frozenset({"'s", "’s", "'", "’"})
_OF_HOME = re.compile(r"^(?:[Tt]he )?(?:U\.S\.|US|U\.K\.|UK|United States|United Kingdom) ")
_HOME = ((), ("us",), ("united", "states"), ("uk",), ("british",))
# Letters that are words of bodies' names as well: “NY Post”, “NYTimes”; “F.B.I.” is the FBI.
_NEW_YORK = re.compile(r"\bNY(?:C\b|\b|(?=[A-Z][a-z]))")
# “MoT”, “DfT”: a small letter between capitals.
_SMALL_BETWEEN = re.compile(r"[A-Z](?:[a-z]?[A-Z])+")
_POINTED = re.compile(r"\b(?:[A-Z]\.){2,}")
# How a people is called after its land.
PEOPLES = ("ian", "ean", "an", "ese", "ish")
# Consonants that take each other's place between languages: "Gaddafi", "Qadhafi"; "Jamal", "Gamal"; "Choe", "Joe".
_ALIKE = str.maketrans("gjczdbv", "kkkstpf")
_SOFT = str.maketrans("", "", "aiuh")
_GLUED = dict.fromkeys(("abd", "abdul", "abdel", "abdal", "abdol", "abdoul", "abdur"), "abd")
_GLUED |= dict.fromkeys(("abu", "abou"), "abu")
# "Nasr al-Din", "Nasreddine"; "Seif Allah", "Sayfullah": words that make one name part with the word before them.
_DIN, _ALLAH = frozenset({"din", "deen", "dine", "deddine"}), frozenset({"allah", "ullah"})
_DIN_END = re.compile(r"^(\w{3,})[aeu][dl]?d[ie]+ne?$")
_ABD_START = re.compile(r"^abd[aeiou]?[lrdnsz]?(?=\w{4})")


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
def sign_weights(name: str) -> dict[str, float]:
    """What each sign of a table of learned weights is worth, in log-odds."""
    return {row["sign"]: float(row["weight"]) for row in read_table(name)}


@cache
def word_class(*names: str) -> frozenset[str]:
    """The words of some classes of the table of name words: "particle" has "von" and "al", "suffix" has "Jr"."""
    return frozenset(row["word"] for row in read_table("namewords.tsv") if row["class"] in names)


def is_of_its_town(words: tuple[str, ...]) -> bool:
    """Whether a body is called after its town: "Orv" is not short for the Orv Herald."""
    return len(words) == 2 and words[1] in word_class("local")


@cache
def given_names() -> dict[str, str]:
    """Given names that nearly only men (m) or women (f) bear; they help to tell who is meant, and no output says it."""
    return {row["name"]: row["gender"] for row in read_table("givennames.tsv")}


@cache
def surnames() -> frozenset[str]:
    """Family names that many Americans bear: each of them is a name of its own, however like another."""
    return frozenset(row["name"] for row in read_table("surnames.tsv"))


@cache
def called() -> dict[tuple[str, ...], frozenset[str]]:
    """The nouns for well-known bodies, by the words of their names: "alliance" for NATO."""
    return {
        words_of(name): frozenset(row["nouns"].split())
        for row in read_table("bodies.tsv")
        for name in (row["name"], *filter(None, row["variants"].split(";")))
    }


@cache
def known_bodies() -> dict[tuple[str, ...], tuple[str, ...]]:
    """For each name of a body that has several known ones the words of the first: of “GOP” the Republican Party's."""
    rows = (row for row in read_table("bodies.tsv") if row["variants"])
    return {
        _telling(words_of(name)): words_of(row["name"])
        for row in rows
        for name in (row["name"], *row["variants"].split(";"))
    }


@cache
def titles() -> dict[str, str]:
    """Titles with the gender that the word itself tells, or an empty string."""
    return {row["title"]: row["gender"] or "" for row in read_table("titles.tsv")}


def is_title(word: str) -> bool:
    """Whether a word, with its point or without, is a title: “Dr.”, “Judge”; “PM” only in capitals."""
    return word in titles() or fold(word).strip(".") in titles()


@cache
def whole_titles() -> dict[str, str]:
    """The whole word of a title's short form: "governor" for "gov"."""
    return {row["title"]: row["whole"] for row in read_table("titles.tsv") if row["whole"]}


def title_words(title: str) -> frozenset[str]:
    """The words of somebody's folded title, each whole: "lieutenant" and "governor" of "lt gov"."""
    return frozenset(whole_titles().get(w, w) for w in title.split())


def of_two_sexes(x: str, y: str) -> bool:
    """Whether one of two words is known as a man's given name and the other as a woman's: "robert", "roberta"."""
    return {given_names().get(x), given_names().get(y)} == {"m", "f"}


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


def land_of(government: str) -> str:
    """The land in what a place stands for: of "presidency of the United States" that."""
    return government.partition(" of ")[2] or government


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
    if comma and after.strip() and not set(words_of(after)) <= word_class("suffix"):
        text = f"{after} {before}"
    words = list(words_of(text))
    front: list[str] = []
    while len(words) > 1 and words[0] in titles():
        front.append(words.pop(0))
    back: list[str] = []
    while len(words) > 1 and words[-1] in word_class("suffix"):
        back.insert(0, words.pop())
    return PersonName(tuple(words), tuple(front), tuple(back))


@lru_cache(maxsize=65536)
def sound(word: str) -> str:
    """How a folded word is pronounced, roughly: one spelling for the sounds that transliterations vary."""
    if _UKRAINIAN.fullmatch(word):
        word = "g" + word[1:]
    for old, new in _SOUNDS:
        if old in word:
            word = word.replace(old, new)
    return _TWICE.sub(r"\1", word)


@lru_cache(maxsize=65536)
def skeleton(word: str) -> str:
    """The consonants of a folded word by classes of sound: "dmitri", "dmitry" and "dmitriy" are all "tmtr"."""
    bones = sound(word).translate(_ALIKE).translate(_SOFT)
    return _TWICE.sub(r"\1", bones) or sound(word)[:1]


def onset(word: str) -> str:
    """The class of the first sound of a folded word: the same for "Gaddafi" and "Qadhafi"."""
    return sound(word).translate(_ALIKE)[:1]


@lru_cache(maxsize=262144)
def likeness(a: str, b: str) -> float:
    """How likely two folded words are one name part, 0 to 1: the same, an initial, a nickname, a spelling."""
    if a == b:
        return 1.0
    if len(a) == 1 or len(b) == 1:
        return 0.75 if a[0] == b[0] else 0.0
    if b in nicknames().get(a, ()):
        return 0.9
    one, two = sound(a), sound(b)
    if one == two:
        return 0.97
    heard = JaroWinkler.similarity(one, two, prefix_weight=0.05)
    classes = JaroWinkler.similarity(one.translate(_ALIKE), two.translate(_ALIKE), prefix_weight=0.05)
    value = (heard + classes) / 2
    # "Radic" is not "Tadic", "Serkan" not "Erkan": another first sound is another name.
    same_start = one.translate(_ALIKE)[0] == two.translate(_ALIKE)[0]
    return value if same_start else value - 0.1


@lru_cache(maxsize=262144)
def parts(words: tuple[str, ...]) -> tuple[str, ...]:
    """A name's words as they are compared: particles gone, words that make one name together as one.

    "Abd al-Rahim" and "Abdurrahim", "Abu Talib", "Nasr al-Din" and "Nasreddine" are one word each.
    """
    if is_given_and_family(words):
        return words
    out: list[str] = []
    glued = ""
    for k, word in enumerate(words):
        last = k == len(words) - 1
        if word in _GLUED and not last:
            glued = _GLUED[word]
        elif out and word in _DIN:
            out[-1] += "din"
        elif out and word in _ALLAH:
            out[-1] += "allah"
        elif last or word not in word_class("particle"):
            out.append(glued + (word if glued else _plain_compound(word)))
            glued = ""
    return tuple(out)


def is_given_and_family(words: tuple[str, ...]) -> bool:
    """Whether a first word that is a particle elsewhere is a given name here: "Ben Carter", "Al T. Moore"."""
    if len(words) < 2 or words[0] not in word_class("particle") or any(len(w) > 1 for w in words[1:-1]):
        return False
    return words[0] in given_names() and words[-1] in surnames()


def _plain_compound(word: str) -> str:
    if len(word) > 7 and (start := _ABD_START.match(word)):
        return "abd" + word[start.end() :]
    if len(word) > 7 and word.endswith("ullah"):
        return word[:-5] + "allah"
    end = _DIN_END.match(word) if len(word) > 6 else None
    return end[1] + "din" if end else word


@lru_cache(maxsize=65536)
def same_person(a: tuple[str, ...], b: tuple[str, ...], *, floor: float = 0.86) -> float:
    """How well two full names of people agree, 0 to 1: each word of the shorter has its own like in the longer.

    0.0 when one has fewer than two words: a surname alone is no evidence beyond its own story.
    """
    found = _aligned(parts(a), parts(b), floor)
    if found is None:
        return 0.0
    pairs, extra = found
    whole = sum(min(len(x), len(y)) > 1 for x, y, _ in pairs)
    # "J. B." agrees with everybody: at least one whole word beside an initial.
    if whole < 1 or (whole == 1 and extra):
        return 0.0
    return sum(value for _, _, value in pairs) / len(pairs)


def _aligned(
    a: tuple[str, ...], b: tuple[str, ...], floor: float
) -> tuple[list[tuple[str, str, float]], int] | None:
    """Pairs of like words, and how many words the longer name has more.

    None where a word of the shorter has no like, or where that has one word only.
    """
    short, long = sorted((a, b), key=lambda w: (len(w), w))
    if len(short) < 2:
        return None
    ranked = sorted(
        ((likeness(x, y), -i, -j) for i, x in enumerate(short) for j, y in enumerate(long)), reverse=True
    )
    taken: dict[int, int] = {}
    pairs = []
    for value, minus_i, minus_j in ranked:
        i, j = -minus_i, -minus_j
        enough = 0.7 if min(len(short[i]), len(long[j])) == 1 else floor
        if value >= enough and i not in taken and j not in taken.values():
            taken[i] = j
            pairs.append((short[i], long[j], value))
    if len(taken) < len(short):
        return None
    return pairs, len(long) - len(short)


def without_suffix(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words of a person's name but "Jr" and its like."""
    return tuple(w for w in words if w not in word_class("suffix"))


@lru_cache(maxsize=65536)
def body_words(text: str) -> tuple[str, ...]:
    """The words of an organisation's name that tell it from others: no article, no legal form."""
    text = _POINTED.sub(lambda m: m[0].replace(".", ""), text)
    words = tuple(_SAME_WORD.get(w, w) for w in words_of(_NEW_YORK.sub("New York ", text)))
    kept = _telling(words) or words
    # A girl may be called Isis.
    small = len(kept) == 1 and kept[0].upper() not in text
    known = known_bodies().get(kept, kept)
    return kept if small and kept[0].upper() in _letters() else known


@cache
def _letters() -> frozenset[str]:
    """The names of known bodies that are letters alone."""
    names = (name for row in read_table("bodies.tsv") for name in row["variants"].split(";"))
    return frozenset(name for name in names if name.isupper())


def _telling(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words of a body's name as they are compared: turned, without its legal form."""
    return tuple(w for w in _turned(words) if w not in word_class("legal"))


def _turned(words: tuple[str, ...]) -> tuple[str, ...]:
    """“Department of Justice”, “Ministry of Defence”, “Foreign Ministry” as “Justice Department” and so on.

    A land may stand before; what stands behind tells whose it is: “Police Department of Orva” is not turned.
    """
    at = next((k for k, w in enumerate(words) if w in OFFICES), 0)
    if words[at - 1 : at + 1] == ("foreign", "ministry"):
        return (*words[:at], "affairs", *words[at:])
    before, field = words[:at], words[at + 2 :]
    if not field or words[at] not in OFFICES or words[at + 1] not in ("of", "for") or before not in _HOME:
        return words
    return (*before, *field[field[0] == "the" and len(field) > 1 :], words[at])


def is_acronym_of(short: str, long: str) -> bool:
    """Whether letters such as "NHA" and "MoT" are the initials of a longer name ("Northern Harbour Authority").

    The land before it may be left out: "FHA" is the "U.S. Federal Harbour Authority".
    """
    letters = letters_of(short)
    if not (2 <= len(letters) <= 8 and letters.isalpha()):
        return False
    return any(letters in _initials(name) for name in {long, _OF_HOME.sub("", long)})


def _initials(name: str) -> tuple[str, ...]:
    """The initials of a name of several words, those of small words left out and taken in."""
    words = [w for w in re.split(r"[\s\-/]+", name) if w]
    if len(words) < 2:
        return ()
    strict = "".join(w[0] for w in words if w[0].isupper())
    return strict, "".join(w[0] for w in words if w.lower() != "the").upper()


@lru_cache(maxsize=65536)
def letters_of(name: str) -> str:
    """The capitals of a name that is letters alone, with stops or small ones between: "N.H.A.", "MoT"; of others ""."""
    plain = name.replace(".", "")
    small = _SMALL_BETWEEN.fullmatch(plain) is not None
    return plain.upper() if plain.isalpha() and (plain.isupper() or small) else ""


def is_short_form(text: str, start: int, end: int) -> bool:
    """Whether letters stand in brackets of their own, as a body's short form does right after its name: "(NHA)"."""
    letters = letters_of(text[start:end])
    bracketed = text[max(0, start - 2) : start] == " (" and text[end : end + 1] == ")"
    return bracketed and 2 <= len(letters) <= 8
