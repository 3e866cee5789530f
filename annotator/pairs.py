"""Who two are that a story takes up as such: “they”, “the pair”, “the two leaders”, “both companies”."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotator.nouns import nouns
from annotator.shortnames import is_public

if TYPE_CHECKING:
    from annotator.clusters import Cluster, Story

# Two who were joined before.
_PAIRS = frozenset({"brothers", "couple", "duo", "men", "pair", "sisters", "twins", "two", "women"})
# What two are called of whom the sentence before tells, and where they stand in that.
_SIDES = frozenset({"company", "country", "firm", "leader", "minister", "nation", "president"})
_ACTING = frozenset({"nsubj", "nsubj:pass", "obj", "iobj", "obl", "conj"})
# So many sentences before two are told of at most.
_NEAR = 2


def meant_by(story: Story, head: int) -> list[Cluster]:
    """The entity of a source; of "they" without one the two who are joined before: "Ode and Brandt left. They said".

    So are “the pair” and “the two leaders” who are not brought in before.
    """
    own, text = story.cluster_of[head], story.analysis.tokens[head].text.lower()
    if text in ("they", "both"):
        first = len(own.mentions) == 1
    elif _is_of_two(story, head):
        first = own.mentions[0][0].head == head and all(m.form == "pronoun" for m, _ in own.mentions[1:])
    else:
        return [own]
    if not first:
        return [own]
    of_people = text in _PAIRS or _kind_of(story, head) in ("person", None)
    return (_joined(story, head) if of_people else []) or _told_of(story, head) or [own]


def _kind_of(story: Story, head: int) -> str | None:
    """What the noun at a token names; None for what is no noun of the table."""
    noun = nouns().get(story.analysis.tokens[head].lemma.lower())
    return noun.kind if noun is not None else None


def _joined(story: Story, head: int) -> list[Cluster]:
    """The last two people whom “and” joins."""
    here, tokens = story.sentence(head), story.analysis.tokens
    for earlier in reversed([h for h in story.history if h < head and here - story.sentence(h) <= _NEAR]):
        above = tokens[earlier].head
        if tokens[earlier].deprel == "conj" and above >= 0 and story.cluster_at(above) is not None:
            two = [story.cluster_at(above), story.cluster_of[earlier]]
            if two[0] is not two[1] and all(
                c is not None and c.kind == "person" and not c.plural for c in two
            ):
                return [c for c in two if c is not None]
    return []


def _told_of(story: Story, head: int) -> list[Cluster]:
    """The only two of their kind in the sentence before: “Ana Ode met Karl Lund. *The two leaders* said”."""
    kind = _kind_of(story, head)
    if story.analysis.tokens[head].lemma.lower() not in _SIDES:
        return []
    before = story.sentence(head) - 1
    near = (h for h in story.history if story.sentence(h) == before)
    acting = (h for h in near if story.analysis.tokens[h].deprel in _ACTING)
    found = {c.number: c for h in acting if (c := story.cluster_of[h]).kind == kind and c.names}
    firms = kind != "organization" or not any(is_public(c) for c in found.values())
    return list(found.values()) if firms and len(found) == len("ab") else []


def _is_of_two(story: Story, head: int) -> bool:
    """Whether a nominal is of two who are known: “the pair”, “the two leaders”, “both firms”, “the sisters”."""
    token, tokens = story.analysis.tokens[head], story.analysis.tokens
    below = {tokens[k].text.lower() for k in story.analysis.children[head]}
    if any(tokens[k].deprel == "conj" for k in story.analysis.children[head]):
        # “Both the council and the police”
        return False
    if "both" in below or ("the" in below and ("two" in below or token.text.lower() in _PAIRS)):
        return True
    return below == {"the"} and token.xpos == "NNS" and token.lemma.lower() in _SIDES
