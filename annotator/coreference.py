"""Which mentions of one story are one entity: names first, then nominals and pronouns in text order.

Full names come before the short ones that fit them. A nominal or pronoun goes to the nearest earlier mention that
number, gender and syntax allow; what fits nothing stays by itself: a link is never forced (guidelines, section 4).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from annotator import anaphora
from annotator.antecedents import likeliest
from annotator.closings import named_in_it, of_itself, of_spokesperson, still_speaking
from annotator.clusters import Cluster, Story, genders_agree, join, leanings_agree, new_cluster, person_of
from annotator.exclusions import acting_on
from annotator.formernames import former_names
from annotator.kin import join_owned, of_couples, of_years
from annotator.kinds import kinds_of
from annotator.mentions import Candidate, antecedent_of_relative, pronouns
from annotator.names import (
    is_given_and_family,
    likeness,
    nicknames,
    of_two_sexes,
    same_person,
    title_words,
    without_suffix,
    word_class,
)
from annotator.nominals import link_nominal
from annotator.nouns import is_persons, nouns
from annotator.shortnames import link_body

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from annotator.analysis import Token
    from annotator.model import EntityKind
    from annotator.nominals import Chooser as NounChooser

    Chooser = Callable[[Story, Candidate], tuple[Cluster, float] | None]

# Kin by whose surname somebody is called.
_KIN = frozenset(
    {"wife", "husband", "daughter", "son", "sister", "brother", "mother", "father", "spouse", "widow"}
)
# Titles that go with a first name: “Sir Sam”, “Dame Ana”.
_KNIGHTED = frozenset({"dame", "sir"})
# What a text says before a name by which somebody is called.
_CALLED = re.compile(
    r"\b(?:known(?: (?:to|by|in|at|on|among) [\w’' ]{1,25})?(?: simply| only)? as|nicknamed|dubbed|goes by)"
    r"(?: the)? [“\"‘']?(?:[Tt]he )?$"
)
# What stands between a name and another one in marks: "Ilka Ode, 33, “the Crane”, left".
_BESIDE = re.compile(r",(?: \d{1,3},)? [“\"‘'](?:[Tt]he |Don |El )?$")
# Whoever was named so many sentences ago may still be “he” or “she”.
_ABOUT = 3
# Whoever is asked answers what is quoted next.
_ASKED = frozenset({"ask", "challenge", "question", "quiz"})
# How many letters a given name is left with at least.
_CLIPPED = 3
# Where a story itself says that two of its people have one name.
_NAMESAKES = re.compile(
    r"\b(?:namesakes?|(?:same|shares?|shared|sharing) (?:(?:his|her|a|the|their) )?(?:sur|full )?name"
    r"|two [A-Z]\w+ [A-Z]\w+s)\b"
)

# What parts a relative clause from whom it is about.
_BEFORE_WHO = re.compile(r"(?:,| \(| [-–—]|—)? ?$")
# “*Another* Karl Ode, a baker, laughed”
_ANOTHER = re.compile(r"\b(?:another|(?:the|that) other|a (?:different|second)) $", re.IGNORECASE)
_BEFORE_ANOTHER = len("a different ")
# Who goes by a first name and no other.
_CROWNED = frozenset({"emir", "king", "pope", "prince", "princess", "queen", "sultan"})
# A first name and a family name.
_FULL = 2


def link(
    story: Story, *, choose: Chooser = likeliest, choose_noun: NounChooser = anaphora.likeliest
) -> list[Candidate]:
    """Put names, nominals and third persons that can be linked into clusters; gives the first and second persons left.

    `choose` tells whom a pronoun means, `choose_noun` whom a noun.
    """
    _link_names(story)
    _vote_genders(story)
    late: list[Candidate] = []
    for head in sorted(story.found.by_head):
        candidate = story.found.by_head[head]
        if candidate.form == "nominal":
            link_nominal(story, candidate, choose=choose_noun)
        elif candidate.form == "pronoun" and person_of(candidate) in ("1", "2"):
            late.append(candidate)
            continue
        elif candidate.form == "pronoun":
            _link_pronoun(story, candidate, choose)
        if head in story.cluster_of:
            story.tell(head)
    join_owned(story)
    return late


def _link_names(story: Story) -> None:
    names = [c for _, c in sorted(story.found.by_head.items()) if c.form == "name"]
    kinds = kinds_of(names, story.analysis)
    people: list[Cluster] = []
    persons = [c for c in names if kinds[c.words] == "person"]
    former = former_names(story.analysis, persons)
    namesakes = _NAMESAKES.search(story.analysis.text) is not None
    for candidate in (c for c in persons if not _is_short(c)):
        if not _link_former(story, candidate, former):
            _link_full_name(story, candidate, people, namesakes=namesakes)
    short = [c for c in persons if _is_short(c) and not _link_former(story, c, former)]
    for candidate, whole in of_couples(story.analysis.text, short, persons):
        short.remove(candidate)
        _link_full_name(story, whole, people, namesakes=namesakes)
    for candidate in [c for c in short if not _link_nickname(story, c, people)]:
        if not _link_known_nickname(story, candidate, people):
            _link_short_name(story, candidate, people)
    bodies: dict[tuple[EntityKind, tuple[str, ...]], Cluster] = {}
    rest = (c for c in names if kinds[c.words] != "person")
    for candidate in sorted(rest, key=lambda c: (-len(c.words), c.start)):
        link_body(story, candidate, kinds[candidate.words], bodies)


def _is_short(candidate: Candidate) -> bool:
    """Whether a name is a part of a person's whole one: "Ode", "von Ammer"; not "Ben Moore"."""
    led = len(candidate.words) < 4 and candidate.words[0] in word_class("particle")
    return len(candidate.words) == 1 or (led and not is_given_and_family(candidate.words))


def _link_former(story: Story, candidate: Candidate, former: dict[int, int]) -> bool:
    """Put a name to whoever bore it before, as the text says right after the name of today."""
    bearer = story.cluster_of.get(former.get(candidate.head, -1))
    if bearer is not None:
        join(story, candidate, bearer, 0.9 * candidate.score)
    return bearer is not None


def _link_full_name(
    story: Story, candidate: Candidate, people: list[Cluster], *, namesakes: bool = False
) -> None:
    """Put a full name to whoever bears it; `namesakes` says that the story tells of two people of one name."""
    fits = [
        c
        for c in people
        if any(_one_person(candidate.words, n) for n in c.names) and genders_agree(candidate, c)
    ]
    if fits and namesakes:
        fits = _by_what_is_told(candidate, fits)
    begins = max(0, candidate.start - _BEFORE_ANOTHER)
    another = _ANOTHER.search(story.analysis.text, begins, candidate.start) is not None
    if fits and not another:
        join(story, candidate, fits[0], 0.97 * candidate.score)
        return
    people.append(new_cluster(story, candidate, candidate.score, "person"))


def _by_what_is_told(candidate: Candidate, namesakes: list[Cluster]) -> list[Cluster]:
    """Of two people of one name those whom fits what is told with a mention: the teacher, and not the general."""
    said = candidate.role_words
    if not said:
        return namesakes[-1:]
    return [c for c in namesakes if not c.words or said & c.words]


def _one_person(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """Whether two full names of one story are one person's, as "N. I. Hale" and "Nora Hale"; no "Jon Hale Jr" is."""
    if a == b:
        return True
    if len(a) == len(b) and of_two_sexes(a[0], b[0]) and b[0] not in nicknames().get(a[0], ()):
        # “Robert Ode and his wife, Roberta Ode,”
        return False
    if len(a) == len(b) > _FULL and (a[0], a[-1]) == (b[0], b[-1]) and a[1][0] != b[1][0]:
        # “John A. Ode”, “John B. Ode”
        return False
    suffixes = word_class("suffix")
    for short, long in ((a, b), (b, a)):
        if all(len(w) == 1 for w in short[:-1]) and short[-1] == long[-1] and short[0] == long[0][0]:
            return True
    return set(a) & suffixes == set(b) & suffixes and same_person(a, b) >= 0.85


def _link_short_name(story: Story, candidate: Candidate, people: list[Cluster]) -> None:
    """A surname or a first name alone: its nearest earlier bearer, else the next later one."""
    crowned = bool(_CROWNED & {*candidate.title.split()})
    # “King Karim” is not Karim Ode.
    known = [c for c in people if _bears_title(candidate, c)] if crowned else people
    fits = [(_fit(candidate, c), c) for c in known if genders_agree(candidate, c)]
    # "Mrs Brandt" is not Karl: what a given name tells counts where a title tells a gender.
    told = [(f, c) for f, c in fits if not candidate.gender or c.leaning in ("", candidate.gender)]
    fits = fits if not any(f for f, _ in told) and _is_only_bearer(story, candidate, fits) else told
    best = max((f for f, _ in fits), default=0)
    if not best:
        other = _by_first_name(candidate, known) or _spouse(story, candidate, known)
        if other is not None:
            join(story, candidate, other, 0.7)
        else:
            people.append(new_cluster(story, candidate, candidate.score, "person"))
        return
    rivals = of_years(story, candidate, [c for f, c in fits if f == best])
    # “Brandt” is nobody who comes in later, where one has come in.
    rivals = [c for c in rivals if c.first.start < candidate.start] or rivals
    # Anna Brandt and Karl Brandt: "Mr Brandt" is the one whose given name speaks for it.
    rivals = [c for c in rivals if candidate.gender and c.leaning == candidate.gender] or rivals
    # "Dr. Brandt" is the doctor of them.
    rivals = [c for c in rivals if _bears_title(candidate, c)] or rivals
    rivals = [c for c in rivals if not _is_else(candidate, c)] or rivals
    # “His father, Al Ode, wept. Ode said his son had left”: he speaks on, and the other has said nothing.
    rivals = still_speaking(story, candidate, rivals) or rivals
    # Who came in as another bearer's wife or brother is told apart by more than the surname.
    rivals = [c for c in rivals if candidate.title or not c.words & _KIN or len(rivals) == 1] or rivals
    # So is whoever goes by his first name.
    rivals = [c for c in rivals if not _goes_by_first_name(story, c)] or rivals
    # By the bare surname goes whoever the paragraph or else the story is about; with a title, whoever came last.
    here = [c for c in rivals if _is_of_paragraph(story, candidate, c)]
    main = here[0] if len(here) == 1 else _main(candidate, rivals)
    bearer = max(rivals, key=lambda c: _nearness(candidate, c)) if candidate.title else main
    join(story, candidate, bearer, candidate.score * (0.95 if len(rivals) == 1 else 0.7))


def _bears_title(candidate: Candidate, cluster: Cluster) -> bool:
    """Whether somebody has had a title before, by its short form or its whole word: “Dr.”, “Mayor”, “Gen.”."""
    borne = (title_words(m.title) for m, _ in cluster.mentions)
    return bool(title_words(candidate.title) & cluster.words.union(*borne))


def _is_else(candidate: Candidate, cluster: Cluster) -> bool:
    """Whether somebody is told to be something else than an office says: “President Ode” is not “the first lady”."""
    said = title_words(candidate.title) & nouns().keys()
    told = {w for w in cluster.words if is_persons(w)}
    return bool(said and told and not said & told)


def _main(candidate: Candidate, rivals: list[Cluster]) -> Cluster:
    """Whom a story is about: whoever was called by the bare surname before, else who is named in full most often.

    Of those who hardly differ in that it is the first.
    """
    called = [c for c in rivals if candidate.words in c.names]
    if called:
        return max(called, key=lambda c: len(c.mentions))
    often = {c.number: sum(m.form == "name" and len(m.words) > 1 for m, _ in c.mentions) for c in rivals}
    most = max(often.values())
    return min((c for c in rivals if 3 * often[c.number] >= 2 * most), key=lambda c: c.mentions[0][0].start)


def _is_only_bearer(story: Story, candidate: Candidate, fits: list[tuple[int, Cluster]]) -> bool:
    """Whether “Ms. Malik” is the one Malik of the story, whose given name is a man's elsewhere.

    Not where it tells of kin who may be called so: “his *wife*”; “Mrs” is one by herself.
    """
    if candidate.title not in ("mr", "ms") or sum(f > 0 for f, _ in fits) != 1:
        return False
    said = {t.lemma.lower() for t in story.analysis.tokens} & _KIN
    return not any(nouns()[word].gender == candidate.gender for word in said if word in nouns())


def _is_of_paragraph(story: Story, candidate: Candidate, cluster: Cluster) -> bool:
    """Whether somebody was named before in the paragraph of a mention."""
    begins = story.analysis.text.rfind("\n", 0, candidate.start) + 1
    return any(begins <= m.start < candidate.start for m, _ in cluster.mentions)


def _goes_by_first_name(story: Story, cluster: Cluster) -> bool:
    """Whether the story itself calls somebody by a first name alone: of Karl and Ana Ode “Ana” is not “Ode”."""
    given = {n[0] for n in cluster.names if len(n) > 1}
    alone = (
        c
        for c in story.found.by_head.values()
        if c.form == "name" and len(c.words) == 1 and not c.title and c.words[0] in given
    )
    return any(story.quotation(c.start) is None for c in alone)


def _link_nickname(story: Story, candidate: Candidate, people: list[Cluster]) -> bool:
    """Put a name by which the text says that somebody is called with him: "Ilka Ode, known to all as Pip"."""
    before = story.analysis.text[max(0, candidate.start - 60) : candidate.start]
    beside = _BESIDE.search(before)
    if beside is not None:
        bearer = next(
            (c for c in people for m, _ in c.mentions if m.end == candidate.start - len(beside[0])), None
        )
        if bearer is not None:
            join(story, candidate, bearer, 0.8)
            return True
    if _CALLED.search(before):
        here = story.sentence(candidate.head)
        near = [
            (m.start, c)
            for c in people
            for m, _ in c.mentions
            if m.start < candidate.start and story.sentence(m.head) == here
        ]
        if near:
            join(story, candidate, max(near, key=lambda pair: pair[0])[1], 0.8)
            return True
    return False


def _link_known_nickname(story: Story, candidate: Candidate, people: list[Cluster]) -> bool:
    """Put a lone name with the one person who was called so; a surname is no nickname."""
    fits = (c for c in people if candidate.words in c.names and genders_agree(candidate, c))
    same = [c for c in fits if _is_nickname(candidate, [n for n in c.names if len(n) > 1])]
    if len(same) == 1:
        join(story, candidate, same[0], 0.9)
    return len(same) == 1


def _is_nickname(candidate: Candidate, full: list[tuple[str, ...]]) -> bool:
    return bool(full) and not any(candidate.words[0] in name for name in full)


def _by_first_name(candidate: Candidate, people: Sequence[Cluster]) -> Cluster | None:
    """Who goes by his first name behind a title, as in many lands and orders: Tigist Haile is “Ms Tigist”.

    Nobody bears it as his surname, and one has come in by it.
    """
    if not candidate.title:
        return None
    known = [c for c in people if any(len(n) > 1 and n[:1] == candidate.words for n in c.names)]
    earlier = [c for c in known if c.first.start < candidate.start and genders_agree(candidate, c)]
    return earlier[0] if len(known) == len(earlier) == 1 else None


def _spouse(story: Story, candidate: Candidate, people: list[Cluster]) -> Cluster | None:
    """Who shares a surname as its bearer's kin: in "Karl Brandt and his wife, Anna" Anna is Mrs Brandt."""
    if not candidate.gender:
        return None
    bearers = [c for c in people if any(n[-1] == candidate.words[-1] for n in c.names)]
    near = {story.sentence(m.head) for c in bearers for m, _ in c.mentions}
    kin = [
        c
        for c in people
        if all(len(n) == 1 for n in c.names) and c.words & _KIN and c.leaning in ("", candidate.gender)
    ]
    beside = [c for c in kin if any(story.sentence(m.head) in near for m, _ in c.mentions)] or kin
    return beside[0] if bearers and len(beside) == 1 else None


def _fit(candidate: Candidate, cluster: Cluster) -> int:
    """2 for a surname, 1 for a first name, 0 for neither; "Mr Sam" is no first name, "Sir Sam" is one."""
    words = candidate.words
    known = [without_suffix(n) or n for n in cluster.names]
    if any(likeness(words[-1], n[-1]) >= 0.92 and n[-len(words) : -1] == words[:-1] for n in known):
        return 2
    if (
        candidate.title
        and len(words) == 1
        and any(likeness(words[0], w) >= 0.92 for n in known for w in _family(n))
    ):
        return 2
    given = [w for n in known for w in n[:-1] or n]
    short = nicknames().get(words[0], frozenset())
    return int(
        (not candidate.title or candidate.title in _KNIGHTED)
        and any(likeness(words[0], w) >= 0.92 or w in short or _clipped(words[0], w) for w in given)
    )


def _clipped(short: str, name: str) -> bool:
    """Whether a given name was cut short: “Trev” of Trevor."""
    return _CLIPPED <= len(short) < len(name) - 1 and name.startswith(short)


def _family(name: tuple[str, ...]) -> tuple[str, ...]:
    """Words of a full name beside the last that may be the family's: Ana *Prado* Ruiz, *Kim* Soo-ah."""
    before = name[:1] if len(name) > 1 and name[0] in word_class("first") else ()
    return (*before, *name[-2:-1]) if len(name) > 2 else before


def _nearness(candidate: Candidate, cluster: Cluster) -> tuple[bool, int]:
    before = [c.start for c, _ in cluster.mentions if c.start <= candidate.start]
    return (True, max(before)) if before else (False, -min(c.start for c, _ in cluster.mentions))


def _vote_genders(story: Story) -> None:
    """Let "he" and "she" tell of the only person named in their sentence, or in the one before.

    "Sam Ode resigned on Friday. She had led the port for a decade." makes Ode a she. The first of a sentence tells:
    in "Ode accused her rival when he was elected" Ode is no he.
    """
    told: dict[tuple[int, int], str] = {}
    people: dict[int, dict[int, Cluster]] = {}
    for head, cluster in story.cluster_of.items():
        if cluster.kind == "person":
            people.setdefault(story.sentence(head), {})[cluster.number] = cluster
    for head, candidate in sorted(story.found.by_head.items()):
        if candidate.form == "pronoun" and candidate.gender in ("m", "f"):
            here = story.sentence(head)
            near = people.get(here) or people.get(here - 1) or {}
            if len(near) == 1:
                cluster = next(iter(near.values()))
                if cluster.leaning not in ("", candidate.gender) or cluster.number in acting_on(story, head):
                    # "Ingrid Ode reminded him": he is another.
                    continue
                around = (c for k in range(here - _ABOUT, here + 1) for c in people.get(k, {}).values())
                if not cluster.leaning and any(candidate.gender in (c.leaning, c.gender) for c in around):
                    # “Ada Brandt …. Ode said she lied”: she may be Ada Brandt.
                    continue
                first = told.setdefault((here, cluster.number), candidate.gender)
                cluster.genders[candidate.gender] += first == candidate.gender


def _asked(story: Story, candidate: Candidate) -> Cluster | None:
    """Whom a pronoun means before he is named: “Asked whether *he* would go, Ode shrugged”."""
    tokens, sentence = story.analysis.tokens, story.analysis.sentences[story.sentence(candidate.head)]
    first = next(
        (i for i in range(sentence.first, min(sentence.first + 3, sentence.last)) if _is_asking(tokens[i])),
        -1,
    )
    if first < 0 or tokens[first].head <= candidate.head or candidate.gender not in ("m", "f"):
        return None
    subjects = (k for k in story.analysis.children[tokens[first].head] if tokens[k].deprel == "nsubj")
    found = (story.cluster_at(k) for k in subjects if k > candidate.head)
    fits = (c for c in found if c is not None and c.kind == "person" and not c.plural)
    return next((c for c in fits if leanings_agree(candidate, c)), None)


def _answering(story: Story, candidate: Candidate) -> Cluster | None:
    """Who answers a question: “Ode asked *Lund* why she left. “I was ill,” *she* said”."""
    if candidate.gender not in ("m", "f") or candidate.head not in story.spoke:
        return None
    content = story.own_content.get(candidate.head, ())
    first = bisect_left(story.analysis.starts, content[0].start) if content else 0
    if (
        not first
        or story.quotation(story.analysis.starts[min(first + 1, len(story.analysis.starts) - 1)]) is None
    ):
        return None
    before = story.analysis.sentences[max(0, story.sentence(first) - 1)]
    tokens = story.analysis.tokens
    asked = (k for k in range(before.first, before.last) if tokens[k].lemma.lower() in _ASKED)
    verb = next((k for k in asked if tokens[k].deprel in ("root", "conj") and tokens[k].upos == "VERB"), None)
    if verb is None or story.quotation(tokens[verb].start) is not None:
        return None
    by = {tokens[k].deprel: story.cluster_at(k) for k in story.analysis.children[verb]}
    asker, other = by.get("nsubj"), by.get("iobj") or by.get("obj")
    if other is None or other is asker or other.kind != "person" or other.plural:
        return None
    return other if leanings_agree(candidate, other) else None


def _is_asking(token: Token) -> bool:
    return token.text.lower() in ("asked", "pressed", "questioned") and token.deprel == "advcl"


def _right_before(story: Story, candidate: Candidate) -> Cluster | None:
    """Who stands before a relative pronoun that the parse hangs nowhere: “said *Karl Ode* - who had left”."""
    mark = _BEFORE_WHO.search(story.analysis.text, max(0, candidate.start - 4), candidate.start)
    if mark is None or candidate.words[0] not in ("who", "which"):
        return None
    beside = next((m for m in story.so_far() if m.end == mark.start() and m.form != "pronoun"), None)
    if beside is None:
        return None
    cluster = story.cluster_of[beside.head]
    somebody = cluster.kind in ("person", "group")
    return cluster if somebody == (candidate.words[0] == "who") else None


def _link_pronoun(story: Story, candidate: Candidate, choose: Chooser) -> None:
    form = pronouns().get(candidate.words[0])
    if form is not None and form.type == "relative":
        above = antecedent_of_relative(story.analysis, candidate.head)
        cluster = story.cluster_at(above) if above is not None else None
        if cluster is None or (candidate.words[0] == "which" and cluster.kind == "person"):
            cluster = _right_before(story, candidate) or cluster
        if cluster is not None:
            join(story, candidate, cluster, 0.95)
            return
    elif form is not None:
        asked = _asked(story, candidate) or _answering(story, candidate) or named_in_it(story, candidate)
        asked = asked or of_itself(story, candidate) or of_spokesperson(story, candidate)
        best = (asked, 0.8) if asked is not None else choose(story, candidate)
        if best is not None:
            join(story, candidate, *best)
            return
    if candidate.head in story.wanted:
        new_cluster(story, candidate, 0.3)
