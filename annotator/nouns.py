"""What common nouns name: people, bodies, groups and documents."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from annotator.names import read_table

if TYPE_CHECKING:
    from annotator.analysis import Token
    from annotator.model import EntityKind

# Plurals that name one body.
ONE_BODY = frozenset({"police", "authority", "authorities", "media", "press"})


@dataclass(frozen=True, slots=True)
class Noun:
    """What a common noun names: a kind, a gender if the word itself tells one, a field of life."""

    kind: EntityKind
    gender: str
    field: str


@cache
def nouns() -> dict[str, Noun]:
    """Common nouns for people, bodies, groups and documents by lemma."""
    rows = read_table("nouns.tsv")
    return {r["noun"]: Noun(r["kind"], r["gender"] or "", r["field"] or "") for r in rows}  # type: ignore[arg-type] # the table holds kinds only


def is_many(token: Token) -> bool:
    """Whether a word is a plural by its tag: not “the insurer”, who is one in the table whatever the tag says."""
    word = token.text.lower()
    noun = nouns().get(word)
    one = noun is not None and noun.kind in ("person", "organization") and not word.endswith("s")
    return not one and (token.xpos in ("NNS", "NNPS") or "Number=Plur" in token.feats)


@cache
def persons() -> dict[str, Noun]:
    """Rarer nouns for people, by lemma: WordNet's, where they have no other sense."""
    return {r["noun"]: Noun("person", r["gender"] or "", "") for r in read_table("persons.tsv")}


@cache
def alike() -> dict[str, frozenset[str]]:
    """For a noun those that may stand for the same person: “the diplomat” for an envoy."""
    out: dict[str, frozenset[str]] = {}
    for row in read_table("alike.tsv"):
        together = frozenset(row["nouns"].split())
        out |= {noun: out.get(noun, frozenset()) | together for noun in together}
    return out


def is_persons(word: str) -> bool:
    """Whether a lemma is a common noun for a person: “clerk”."""
    noun = nouns().get(word)
    return noun is not None and noun.kind == "person"


@cache
def deeds() -> dict[str, str]:
    """What somebody is who does something for a living, by the verb: a “spokesperson” by “speak for”."""
    return {row["verb"]: row["noun"] for row in read_table("deeds.tsv")}


@cache
def deed_forms() -> dict[str, str]:
    """The same by the forms of the verb, of those for which there is one word: “chairs”, “chaired”, “spoke”."""
    rows = read_table("deeds.tsv")
    return {form: row["noun"] for row in rows if row["noun"] for form in row["forms"].split()}
