"""Whom a third-person pronoun means: the earlier entities that it may stand for, weighed by what a reader goes by.

How far back somebody was spoken of, and how: as a subject, by name, in the same quotation; what gender the text shows.
What each is worth was learned, beside what the encoder sees (`data/anaphora.tsv`, training/referring.py) and alone,
where none has seen the text (`data/antecedents.tsv`, training/antecedents.py); "nobody" is weighed with the others:
"it" is often no body at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from operator import itemgetter
from typing import TYPE_CHECKING

from annotator.analysis import top_of
from annotator.clusters import Cluster, Story, genders_agree, named_in
from annotator.cues import among, cue_at
from annotator.mentions import antecedent_of_relative
from annotator.names import sign_weights

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from annotator.analysis import Analysis
    from annotator.mentions import Candidate

# How far back a pronoun looks, in sentences, and at how many mentions of one entity.
REACH, SEEN = 6, 12
# An entity that is less likely than all else together is not taken: a link is never forced (guidelines, section 4).
LEAST = 0.5
_ROLES = {"nmod:poss": "owner", "obj": "object", "iobj": "object"}
# Who asks and is told, and seldom says anything.
_PRESS = frozenset({"reporter", "journalist"})
# What stands in a sign for the kind of whomever the text tells none of.
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Option:
    """An entity that a mention may be of, None for nobody, what speaks for it, and its mentions near by, as heads."""

    cluster: Cluster | None
    signs: tuple[str, ...]
    heads: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Asking:
    """A pronoun with what is the same whomever it is compared with: the quotation it is in, who reports or owns it."""

    candidate: Candidate
    sentence: int
    quotation: int | None
    speaking: frozenset[int]
    reporting: frozenset[int]
    beside: int | None


def likeliest(story: Story, candidate: Candidate) -> tuple[Cluster, float] | None:
    """The cluster that a third-person pronoun most likely means, with a probability, if it means a known one."""
    given = _narrowed(story, candidate, options(story, candidate))
    if not any(o.cluster for o in given):
        return None
    alone = story.analysis.referring is None
    known = weights() if alone else beside()
    cluster, chance = likeliest_of(given, weighed(given, known, seen=seen(story.analysis, candidate, given)))
    # "It said so" is somebody: the likeliest.
    unsure = chance < LEAST and not alone and given[0].cluster is None
    return None if cluster is None or unsure else (cluster, min(0.95, chance))


def _narrowed(story: Story, candidate: Candidate, given: list[Option]) -> list[Option]:
    """The options that syntax leaves: in "Ode and his daughter", “It said so”, “The council denied that it lied”."""
    kind = _kind(candidate)
    beside = [o for o in given if f"{kind} joined to the owned" in o.signs]
    if beside:
        return beside
    reports = any(f"{kind} reports it" in o.signs and f"{kind} kind organization" in o.signs for o in given)
    acts = story.analysis.tokens[candidate.head].deprel in ("nsubj", "nmod:poss")
    speaks = candidate.head in story.spoke
    return given[1:] if kind == "it" and (speaks or (reports and acts)) else given


def options(story: Story, candidate: Candidate) -> list[Option]:
    """Nobody, and every cluster within reach that number, gender, kind and syntax allow, the latest spoken of first."""
    barred = _barred(story, candidate)
    near, left = dict[int, list[int]](), set(barred)
    for head in story.back(candidate.head, REACH):
        cluster = story.cluster_of[head]
        if cluster.number in near:
            near[cluster.number].append(head)
        elif cluster.number not in left:
            if may_be(candidate, cluster) and _counts(story, candidate, cluster):
                near[cluster.number] = [head]
            else:
                left.add(cluster.number)
    kind, opens = _kind(candidate), _opens_paragraph(story, candidate)
    out = [Option(None, tuple([f"{kind} {s}" for s in _of_nobody(story, candidate, near)]))]
    asking = _asking(story, candidate)
    for rank, heads in enumerate(near.values()):
        cluster = story.cluster_of[heads[0]]
        signs = [f"rank {min(rank, 3)}", *_signs(story, asking, cluster, heads)]
        if cluster.number == opens:
            signs.append("opens the paragraph")
        out.append(Option(cluster, tuple([f"{kind} {s}" for s in signs]), tuple(heads)))
    return out


def seen(analysis: Analysis, candidate: Candidate, given: Sequence[Option]) -> list[float]:
    """What the encoder sees in each option, in log-odds; noughts where no encoder has seen the text."""
    referring = analysis.referring
    if referring is None:
        return [0.0] * len(given)
    likes = iter(referring.likes(candidate.head, [o.heads[:SEEN] for o in given if o.cluster]))
    nobody = float(referring.nobody[candidate.form][candidate.head])
    return [next(likes) if o.cluster else nobody for o in given]


def weighed(
    given: Sequence[Option], known: Mapping[str, float], *, seen: Sequence[float] | None = None
) -> list[float]:
    """The probability of each option, by its signs and what else was `seen` in it."""
    values = [sum([known.get(s, 0.0) for s in o.signs]) for o in given]
    values = [v + s for v, s in zip(values, seen, strict=True)] if seen is not None else values
    highest = max(values)
    shares = [exp(v - highest) for v in values]
    total = sum(shares)
    return [s / total for s in shares]


def likeliest_of(given: Sequence[Option], chances: Sequence[float]) -> tuple[Cluster | None, float]:
    """The entity of the likeliest option, the first of equal ones, with its probability."""
    return max(zip((o.cluster for o in given), chances, strict=True), key=itemgetter(1))


def weights() -> dict[str, float]:
    """What each sign of a pronoun is worth alone, in log-odds."""
    return sign_weights("antecedents.tsv")


def beside() -> dict[str, float]:
    """What each sign of a pronoun or nominal is worth beside what the encoder sees, in log-odds."""
    return sign_weights("anaphora.tsv")


def _kind(candidate: Candidate) -> str:
    return "they" if candidate.plural else "it" if candidate.gender == "n" else "he"


def _named_as(story: Story, head: int) -> int:
    """The noun that a name is in apposition to, whose place in the sentence is its own: "the clerk, *Ode*, left"."""
    return top_of(story.analysis, head, "appos")


def role_in_sentence(story: Story, head: int) -> str:
    """The place of a mention in its sentence: subject, owner, object or other."""
    known = story.roles.get(head)
    if known is None:
        relation = story.analysis.tokens[_named_as(story, head)].deprel
        known = "subject" if relation.startswith("nsubj") else _ROLES.get(relation, "other")
        story.roles[head] = known
    return known


def _of_nobody(story: Story, candidate: Candidate, near: Mapping[int, Sequence[int]]) -> Iterator[str]:
    token = story.analysis.tokens[candidate.head]
    yield "nobody"
    yield f"nobody {role_in_sentence(story, candidate.head)}"
    if candidate.head in story.spoke:
        yield "nobody speaks"
    if token.deprel == "expl":
        yield "nobody expletive"
    if token.head >= 0 and _is_state(story, token.head):
        yield "nobody state"
    yield f"nobody of {min(len(near), 3)}"


def _is_state(story: Story, head: int) -> bool:
    """Whether a pronoun's verb is a copula with no person or body: “it is late”."""
    below = story.analysis.children[head]
    return any(story.analysis.tokens[k].deprel == "cop" for k in below)


def _asking(story: Story, candidate: Candidate) -> _Asking:
    own = story.quotation(candidate.start)
    speaking = frozenset[int]() if own is None else story.speaking(own)
    reporting, beside = story.reporting(candidate.span), _beside(story, candidate)
    return _Asking(candidate, story.sentence(candidate.head), own, speaking, reporting, beside)


def _signs(story: Story, asking: _Asking, cluster: Cluster, heads: Sequence[int]) -> Iterator[str]:
    candidate, latest, here = asking.candidate, heads[0], asking.sentence
    back = here - story.sentence(latest)
    yield f"back {min(back, 4)}"
    yield from signs_of_place(story, candidate, cluster, heads)
    sentences = story.analysis.sentence_of
    close = [(at, h) for h in heads if (at := sentences[h]) >= here - 1]
    subjects = [at for at, h in close if role_in_sentence(story, h) == "subject"]
    if here - 1 in subjects:
        yield "subject before"
    if here in subjects:
        yield "subject here"
    if _is_aside(story, latest):
        yield "aside"
    if story.analysis.tokens[_named_as(story, latest)].deprel == "nmod":
        yield "tells of another"
    earlier = story.found.by_head[latest]
    if earlier.form == "pronoun" and earlier.words == candidate.words:
        yield "same word"
    yield from _of_gender(candidate, cluster)
    yield from _of_speech(story, asking, cluster, latest)
    yield from _of_kind(cluster)
    if latest == asking.beside:
        yield "joined to the owned"
    if _shares_clause(story, candidate, heads):
        yield "owner acts"


def signs_of_place(
    story: Story, candidate: Candidate, cluster: Cluster, heads: Sequence[int]
) -> Iterator[str]:
    """How a mention and the nearest of somebody's, the first of `heads`, stand to one another in the story."""
    sentences, latest = story.analysis.sentence_of, story.found.by_head[heads[0]]
    before = sentences[candidate.head] - 1
    yield f"{role_in_sentence(story, heads[0])} for {role_in_sentence(story, candidate.head)}"
    if any(sentences[h] == before and leads(story, h) for h in heads):
        yield "led before"
    yield f"after a {latest.form}"
    yield f"mentions {size_of(cluster)}"
    if "\n" in story.analysis.text[latest.start : candidate.start]:
        yield "paragraph before"


def size_of(cluster: Cluster) -> int:
    """How often somebody was spoken of so far, from 0 to 4 by powers of two."""
    return min(4, (1 + len(cluster.mentions)).bit_length() - 1)


def leads(story: Story, head: int) -> bool:
    """Whether a mention is the subject of its sentence, and not of a clause in it."""
    token = story.analysis.tokens[_named_as(story, head)]
    return token.deprel.startswith("nsubj") and token.head >= 0 and story.analysis.tokens[token.head].head < 0


def _is_aside(story: Story, head: int) -> bool:
    """Whether a mention stands in a relative clause: the mayor in "Ode, who acts for the mayor, said"."""
    tokens = story.analysis.tokens
    while head >= 0:
        if tokens[head].deprel == "acl:relcl":
            return True
        head = tokens[head].head
    return False


def _opens_paragraph(story: Story, candidate: Candidate) -> int | None:
    """The number of the cluster that a pronoun's paragraph speaks of first."""
    start = story.analysis.text.rfind("\n", 0, candidate.start)
    first = None
    for head in reversed(story.history):
        mention = story.found.by_head[head]
        if mention.start < start:
            break
        if story.cluster_of[head].kind == candidate.kind or candidate.kind is None:
            first = head
    return None if first is None else story.cluster_of[first].number


def _of_gender(candidate: Candidate, cluster: Cluster) -> Iterator[str]:
    if candidate.gender not in ("m", "f"):
        return
    if cluster.gender:
        yield "gender shown"
        return
    if not cluster.leaning:
        yield "gender open"
    else:
        yield "gender of the name" if candidate.gender == cluster.leaning else "other gender of the name"


def _of_speech(story: Story, asking: _Asking, cluster: Cluster, latest: int) -> Iterator[str]:
    candidate, own = asking.candidate, asking.quotation
    if candidate.head in story.spoke and latest in story.spoke:
        yield "speaks and spoke"
    elif latest in story.spoke:
        yield "spoke"
    other = story.quotation(story.found.by_head[latest].start)
    if own is None:
        yield "told after quoted" if other is not None else "told after told"
    elif other is None:
        yield "quoted after told"
    else:
        yield "same quotation" if own == other else "other quotation"
    if cluster.number in asking.speaking:
        yield "own speaker"
    if cluster.number in asking.reporting:
        yield "reports it"
        if own is None:
            # “Ode said he had called him”: he is Ode, him is not.
            yield f"reports it as {role_in_sentence(story, candidate.head)}"


def _of_kind(cluster: Cluster) -> Iterator[str]:
    yield f"kind {cluster.kind or UNKNOWN}"
    if cluster.names:
        yield "has a name"
    if cluster.plural:
        yield "many"


def _shares_clause(story: Story, candidate: Candidate, heads: Sequence[int]) -> bool:
    """Whether an owner is the subject of the clause in which it owns: “*Ode* sold *her* house”."""
    tokens = story.analysis.tokens
    owned = tokens[candidate.head].head
    if tokens[candidate.head].deprel != "nmod:poss" or owned < 0:
        return False
    verb = tokens[owned].head
    return any(tokens[h].deprel.startswith("nsubj") and tokens[h].head == verb for h in heads)


def _beside(story: Story, candidate: Candidate) -> int | None:
    """The head of "Ode" for the "his" of "Ode and his daughter"."""
    tokens = story.analysis.tokens
    owned = tokens[candidate.head].head
    if tokens[candidate.head].deprel != "nmod:poss" or owned < 0 or tokens[owned].deprel != "conj":
        return None
    name = story.found.at(tokens[owned].head)
    return name.head if name else None


def _barred(story: Story, candidate: Candidate) -> set[int]:
    """Clusters that syntax keeps a pronoun from meaning: those its own words name, those it acts upon.

    "He said Brandt was wrong", "she told Ode": he is not Brandt, she is not Ode.
    """
    out = {story.cluster_of[h].number for h in named_in(story, story.own_content.get(candidate.head, ()))}
    token = story.analysis.tokens[candidate.head]
    if token.deprel == "nmod:poss" and token.head >= 0:
        out |= {c.number for c in _told_of(story, token.head)}
        out |= {c.number for c in _denied_by(story, token.head)}
    reflexive = candidate.words[0].endswith(("self", "selves"))
    if token.deprel != "nmod:poss" and token.head >= 0 and not reflexive:
        beside = (_who(story, k) for k in story.analysis.children[token.head] if k != candidate.head)
        out |= {c.number for c in beside if c is not None}
    return out


def _denied_by(story: Story, noun: int) -> Iterator[Cluster]:
    """Who denies a claim, which is another's: in “Ode denied *his* allegations” he is not Ode."""
    tokens, verb = story.analysis.tokens, story.analysis.tokens[noun].head
    if verb < 0 or tokens[noun].deprel != "obj" or not among(tokens[noun], "answered"):
        return
    row = cue_at(story.analysis, verb)
    if row is not None and row.act == "denial":
        # “Ode hit back at Lund, *rejecting* his claim”: a participle has the subject of what it goes with.
        while _goes_with_another(story, verb):
            verb = tokens[verb].head
        subjects = (k for k in story.analysis.children[verb] if tokens[k].deprel == "nsubj")
        yield from (c for k in subjects if (c := story.cluster_at(k)) is not None)


def _goes_with_another(story: Story, verb: int) -> bool:
    """Whether a verb leaves its subject to the one that it hangs on."""
    tokens = story.analysis.tokens
    own = any(tokens[k].deprel.startswith("nsubj") for k in story.analysis.children[verb])
    return not own and tokens[verb].deprel in ("advcl", "conj", "xcomp") and tokens[verb].head >= 0


def _told_of(story: Story, noun: int) -> Iterator[Cluster]:
    """Those of whom a noun is said: in "Ode, *his* agent," and "*his* agent, Ode," he is not Ode."""
    tokens = story.analysis.tokens
    beside = [k for k in story.analysis.children[noun] if tokens[k].deprel in ("appos", "flat")]
    above = [tokens[noun].head] if tokens[noun].deprel == "appos" else []
    yield from (c for k in (*beside, *above) if (c := story.cluster_at(k)) is not None)


def _who(story: Story, token: int) -> Cluster | None:
    """Whom a word stands for: of “who” the one before it, of “her son, Karl Ode,” Karl Ode.

    "Brandt, who trails *him*," does not trail herself; "her son, Karl Ode, urged *her* on" is not about himself.
    """
    tokens = story.analysis.tokens
    above = antecedent_of_relative(story.analysis, token) if "PronType=Rel" in tokens[token].feats else None
    token = _named_as(story, token if above is None else above)
    named = (k for k in story.analysis.children[token] if tokens[k].deprel in ("appos", "flat"))
    return next((c for k in (token, *named) if (c := story.cluster_at(k)) is not None), None)


def _counts(story: Story, candidate: Candidate, cluster: Cluster) -> bool:
    """Whether a pronoun may mean a cluster at all: a document only where either speaks, for any thing may be "it".

    Nor are those meant who are there so that it be printed: “They told *reporters* … *They* said”.
    """
    speaks = candidate.head in story.spoke
    if cluster.kind not in ("document", "group") or speaks != (cluster.kind == "group"):
        return True
    if any(m.head in story.spoke for m, _ in cluster.mentions):
        return True
    return cluster.kind == "group" and not all(_only_listens(story, m) for m, _ in cluster.mentions)


def _only_listens(story: Story, mention: Candidate) -> bool:
    """Whether the press is told or asked: “They met *reporters*”; not “*Two journalists* were held”."""
    heard = role_in_sentence(story, mention.head) in ("object", "other")
    return mention.form == "nominal" and mention.words[0] in _PRESS and heard


def may_be(candidate: Candidate, cluster: Cluster) -> bool:
    """Whether number, gender and kind let a third-person pronoun mean a cluster."""
    if candidate.plural:
        return cluster.plural or cluster.kind == "organization"
    if candidate.gender == "n":
        return cluster.kind in ("organization", "document", "place") and not cluster.plural
    return cluster.kind == "person" and not cluster.plural and genders_agree(candidate, cluster)
