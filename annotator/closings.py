"""Who is meant behind what he says or in it: “Ode will go in May, *she* said”, “Ford said *it* hoped to sell”."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from annotator.analysis import head_of, tokens_in
from annotator.antecedents import leads, may_be, role_in_sentence
from annotator.clusters import leanings_agree
from annotator.lands import land_told
from annotator.said import is_firms
from annotator.shortnames import is_public

if TYPE_CHECKING:
    from annotator.clusters import Cluster, Story
    from annotator.mentions import Candidate

# So many sentences back whoever spoke or was told of may be meant as well.
_BACK = 3
_SIDES = frozenset({"club", "side", "team"})
_GENDERS = {"he": "m", "his": "m", "him": "m", "she": "f", "her": "f"}
# Who may be anybody, and is “they” where no more is told.
_UNSEXED = frozenset({"spokesperson"})


def named_in_it(story: Story, candidate: Candidate) -> Cluster | None:
    """Whom a pronoun behind its content takes up: the subject of that, where nobody else spoke or was told of lately.

    “Orvane will cut fares, *it* said”, but not “The army fired first. The rebels had fled, *it* said”.
    """
    cluster = _subject(story, candidate)
    if cluster is None or not may_be(candidate, cluster) or not leanings_agree(candidate, cluster):
        return None
    if candidate.gender in ("m", "f") and (not cluster.names or _has_another(story, candidate)):
        # “The boy had run, he said”, “Ode had told him so, he said”
        return None
    here = story.sentence(candidate.head)
    for head in story.back(candidate.head, _BACK):
        other = story.cluster_of[head]
        if other is cluster or story.sentence(head) == here:
            continue
        told = role_in_sentence(story, head) == "object" and candidate.gender in ("m", "f")
        if (told or head in story.spoke or leads(story, head)) and may_be(candidate, other):
            return None
    return cluster


def _has_another(story: Story, candidate: Candidate) -> bool:
    """Whether a pronoun's content has another of its kind, who is the speaker rather than its subject."""
    inside = (i for span in story.own_content[candidate.head] for i in tokens_in(story.analysis, span))
    found = (story.found.by_head.get(i) for i in inside)
    return any(m is not None and m.form == "pronoun" and m.gender == candidate.gender for m in found)


def firm_in_it(story: Story, candidate: Candidate) -> Cluster | None:
    """The firm that is called one of a land behind what it says: “Orvane will buy jets, *the Danish airline* said”.

    Without the land it may be another: “Tarn Energy lied, *the bank* said”.
    """
    noun = candidate.words[0]
    if candidate.kind != "organization" or candidate.plural or not candidate.definite:
        return None
    lands = [land_told(w) for w in candidate.modifiers]
    if not (is_firms(noun) or noun in _SIDES) or not lands or None in lands:
        return None
    cluster = _subject(story, candidate)
    if cluster is None or cluster.kind != "organization" or not cluster.names:
        return None
    before = (o for o in story.latest_first() if o is not cluster and o.kind in ("organization", "person"))
    others = [o for o in before if any(len(n) == 1 for n in o.names)]
    simple = noun in _SIDES or all(len(n) == 1 for n in cluster.names)
    return None if is_public(cluster) or not simple or others else cluster


def _subject(story: Story, candidate: Candidate) -> Cluster | None:
    """Who does what somebody tells in the clause before him, in no marks; nobody to whom it is done."""
    content, tokens = story.own_content.get(candidate.head, ()), story.analysis.tokens
    if not content or content[-1].end > candidate.start or story.quotation(content[0].start) is not None:
        return None
    if story.sentence_at(content[0].start) != story.sentence(candidate.head):
        return None
    clause = head_of(story.analysis, tokens_in(story.analysis, content[0]))
    below = story.analysis.children[clause] if clause is not None else ()
    who = next((k for k in below if tokens[k].deprel == "nsubj" and tokens[k].upos != "PRON"), None)
    return story.cluster_at(who) if who is not None else None


def of_itself(story: Story, candidate: Candidate) -> Cluster | None:
    """The body that tells what it hopes or holds: “Lesk said *it* hoped for rain”, whoever was named before."""
    if candidate.words[0] != "it" or candidate.head not in story.spoke:
        return None
    opens = (
        a for a in story.attributions if a.source and candidate.start - len("that ") <= a.content[0].start
    )
    told = next((a for a in opens if a.content[0].start <= candidate.start < a.content[0].end), None)
    if told is None or story.quotation(candidate.start) is not None:
        return None
    first = bisect_left(story.analysis.starts, told.source[0].start)
    heads = (
        h for h in story.cluster_of if story.analysis.tokens[h].start < told.source[0].end and h >= first
    )
    said = next((story.cluster_of[h] for h in heads), None)
    if said is not None and said.kind == "person" and _may_be_body(said):
        # “Ford said it hoped”: nobody but a body is “it” in his own words.
        said.kind = "organization"
    return said if said is not None and said.kind in ("organization", "place") else None


def _may_be_body(cluster: Cluster) -> bool:
    """Whether no more is told of somebody than one word: “Ford”, but not “Mr Ford” or “Ana Ford”."""
    told = (m.title or m.role or m.age or m.form != "name" for m, _ in cluster.mentions)
    return all(len(name) == 1 for name in cluster.names) and not any(told) and not cluster.genders.total()


def of_spokesperson(story: Story, candidate: Candidate) -> Cluster | None:
    """The spokesperson who is “they”, of whom no more is told: “A council spokesperson said so. *They* added that”."""
    if candidate.words[0] != "they" or candidate.head not in story.spoke:
        return None
    told = (story.cluster_of[h] for h in story.back(candidate.head, _BACK) if h in story.spoke)
    last = next(told, None)
    return last if last is not None and last.words & _UNSEXED and not last.plural else None


def still_speaking(story: Story, candidate: Candidate, rivals: list[Cluster]) -> list[Cluster]:
    """Of those of one surname whoever spoke last, where no other has spoken and his own words do not speak against him.

    “His wife, Ada Ode, wept. Ode said *he* was well” is not hers.
    """
    before = max((h for h in story.spoke if h < candidate.head), default=-1)
    spoke = [
        c for c in rivals if any(m.head in story.spoke and m.head < candidate.head for m, _ in c.mentions)
    ]
    last = next((c for c in spoke if any(m.head == before for m, _ in c.mentions)), None)
    if candidate.head not in story.spoke or last is None or len(spoke) > 1 or candidate.title:
        return []
    content = story.own_content.get(candidate.head, ())
    inside = tokens_in(story.analysis, content[0]) if content else range(0)
    first = (story.analysis.tokens[i].text.lower() for i in inside[:2])
    own = next((_GENDERS[w] for w in first if w in _GENDERS), "")
    return [last] if not own or last.leaning in ("", own) else []
