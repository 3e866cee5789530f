"""The register of a folder: who is the same in several stories, under which id, in whatever order they come."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.entries import Entry, Joined, entry_of
from annotator.errors import BadAnnotation, BadArgument, Busy
from annotator.linkage import join
from annotator.model import Annotation, Entity, EntityMention, Producer, Role, sha256_of
from annotator.names import body_words, is_acronym_of, likeness, person_name, same_person, skeleton
from annotator.register import link, register_id
from annotator.spellings import evidence
from annotator.store import annotation_to_json, locked, read_lines, write_lines


def entity(name, kind="person", *, aliases=(), role=None, form="name", id=None, stands_for=None):  # noqa: A002
    return Entity(
        id or f"e-{name}-{kind}",
        name,
        kind,
        (EntityMention(0, 1, form),),
        tuple(aliases),
        Role(role, 0, len(role)) if role else None,
        stands_for,
    )


def story(id_, *entities, layer="machine"):
    producer = Producer("model", "m") if layer == "machine" else Producer("person", "p")
    return Annotation(id_, sha256_of(id_), layer, producer, entities=tuple(entities))


def entries(*stories):
    return [x for s in stories for e in s.entities if (x := entry_of(s, e))]


def together(*stories):
    """The groups of several members, as sets of (story, name)."""
    found = [{(e.document_id, e.name) for e in j.entries} for j in join(entries(*stories))[0]]
    return sorted(sorted(g) for g in found if len(g) > 1)


def folder_of(tmp_path, *stories):
    tmp_path.mkdir(exist_ok=True)
    for layer, name in (("machine", "annotations"), ("human", "human"), ("gold", "gold")):
        lines = [annotation_to_json(s) for s in stories if s.layer == layer]
        if lines:
            write_lines(tmp_path / f"{name}.jsonl", lines)
    return tmp_path


def rows(folder):
    return list(read_lines(folder / "register.jsonl", "register"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sergey Volkonin", "Sergei Volkonin"),
        ("Volodymyr Harkensky", "Harkenskyy, Volodymyr"),
        ("Yevgeny Talimov", "Evgeniy Talimov"),
        ("Muammar Qarrafi", "Moammar Gharrafi"),
        ("Сергей Волконин", "Sergei Volkonin"),
        ("Jörg Ämmerli", "Jorg Ammerli"),
        ("Salma al-Rahbi", "Salma Rahbi"),
        ("Dr. Lena Harbst", "Lena M. Harbst"),
        ("Bill Ostrander", "William Ostrander"),
        ("Alex Ostrander", "Alexandra Ostrander"),
        ("Lena A. Harbst", "Lena Anna Harbst"),
        ("J. Ostrander Pell", "Jonah Ostrander Pell"),
        ("Oleksandr Hrytsulenko", "Alexander Gritsulenko"),
    ],
)
def test_spellings_of_one_name_join(one, other):
    assert together(story("a", entity(one)), story("b", entity(other))) == [[("a", one), ("b", other)]]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ivo Ostrander", "Lena Ostrander"),
        ("Lena Harbst", "Lena Horvath"),
        ("Miro Radan", "Miro Tadan"),
        ("Jon Hale", "Jon Hale Ostrander Pell Quist"),
        ("Robert Harbst", "Roberta Harbst"),
        ("Daniel Ostrander", "Daniela Ostrander"),
        ("Lena A. Harbst", "Lena B. Harbst"),
        ("Juan Carlos Harbst", "Juan Manuel Harbst"),
    ],
)
def test_names_of_two_people_stay_apart(one, other):
    assert together(story("a", entity(one)), story("b", entity(other))) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("goalkeeper", "Finance Minister"),
        ("mayor of Porto", "mayor of Braga"),
        ("mayor of Oslo", "mayor of Lisbon"),
        ("director of Harlow Steel", "director of Quill Foods"),
        ("ambassador to Norway", "ambassador to Peru"),
        ("Danish Prime Minister", "the Swedish prime minister"),
        ("Ohio Governor", "the Texas governor"),
    ],
)
def test_roles_keep_two_people_of_one_name_apart(one, other):
    stories = [
        story("a", entity("Lena Harbst", role=one)),
        story("b", entity("Lena Harbst", role=other)),
        story("c", entity("Lena Harbst", role=one)),
    ]
    assert together(*stories) == [[("a", "Lena Harbst"), ("c", "Lena Harbst")]]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("president of Russia", "Russian president"),
        ("mayor of Porto", "mayor"),
        ("senator", "presidential candidate"),
        ("US President", "president"),
        ("New York Mayor", "the mayor of New York"),
        ("Danish Prime Minister", "prime minister of Denmark"),
        ("Danish coach", "the Finland coach"),
        ("Scottish minister", "the British minister"),
    ],
)
def test_roles_that_do_not_conflict_join(one, other):
    first, second = (story(k, entity("Lena Harbst", role=r)) for k, r in (("a", one), ("b", other)))
    assert together(first, second) == [[("a", "Lena Harbst"), ("b", "Lena Harbst")]]


def test_two_entities_of_one_story_are_two():
    twins = story("a", entity("Ivo Ode", id="e1"), entity("Ivo Ode", id="e2"))
    assert together(twins) == []


def test_a_person_is_never_a_place_or_a_body():
    first = story("a", entity("Lisbon"), entity("Lisbon", "place"), entity("Lisbon", "organization"))
    second = story("b", entity("Lisbon"), entity("Lisbon", "place"), entity("Lisbon", "organization"))
    for group in join(entries(first, second))[0]:
        assert len({e.kind for e in group.entries}) == 1


def test_a_surname_alone_joins_its_only_bearer_where_something_else_agrees():
    full = story("a", entity("Lena Harbst", role="spokeswoman"), entity("Northern Ferries", "organization"))
    backed = story("b", entity("Harbst"), entity("Northern Ferries", "organization"))
    bare = story("c", entity("Harbst"))
    assert [("a", "Lena Harbst"), ("b", "Harbst")] in together(full, backed, bare)
    assert not any(("c", "Harbst") in group for group in together(full, backed, bare))


@pytest.mark.parametrize(
    ("name", "joins"),
    [("L. Harbst", True), ("L. M. Harbst", True), ("O. Harbst", False), ("L. Harbin", False)],
)
def test_initials_and_a_surname_join_as_a_surname_does_if_they_fit(name, joins):
    full = story("a", entity("Lena Harbst"), entity("Northern Ferries", "organization"))
    short = story("b", entity(name), entity("Northern Ferries", "organization"))
    assert ([("a", "Lena Harbst"), ("b", name)] in together(full, short)) == joins
    bare = story("b", entity(name))
    assert not any(("b", name) in group for group in together(full, bare))


def test_a_surname_that_two_people_bear_stays_alone():
    ferries = entity("Northern Ferries", "organization")
    stories = [
        story("a", entity("Lena Harbst"), ferries),
        story("b", entity("Olaf Harbst"), ferries),
        story("c", entity("Harbst"), ferries),
    ]
    assert not any(("c", "Harbst") in group for group in together(*stories))


def test_bodies_join_by_their_words_and_their_acronym():
    first = story("a", entity("Northern Harbour Authority", "organization", aliases=["NHA"]))
    second = story("b", entity("the Northern Harbour Authority Ltd", "organization"))
    third = story("c", entity("NHA", "organization"))
    assert [len(g) for g in together(first, second, third)] == [3]


@pytest.mark.parametrize(
    ("one", "other", "joins"),
    [
        ("U.S. Lantern Safety Board", "Lantern Safety Board", True),
        ("Orvane Motors", "Orvane", True),
        ("Orvane Motors", "Orvanne", False),
        ("Central Electoral Board of Orv", "Central Election Board of Orv", True),
        ("European Union", "EU", True),
    ],
)
def test_bodies_join_under_their_short_forms_where_the_stories_share_somebody(one, other, joins):
    shared = entity("Lena Harbst")
    stories = [
        story("a", entity(one, "organization"), shared),
        story("b", entity(other, "organization"), shared),
    ]
    assert any(("a", one) in g and ("b", other) in g for g in together(*stories)) == joins


def test_a_short_form_is_nobodys_where_two_begin_so_or_the_stories_share_nothing():
    names = {"a": "Orvane Motors", "b": "Orvane Foods", "c": "Orvane"}
    shared = entity("Lena Harbst")
    two = [story(k, entity(n, "organization"), shared) for k, n in names.items()]
    assert not any(("c", "Orvane") in g for g in together(*two))
    strangers = [story(k, entity(names[k], "organization")) for k in "ac"]
    assert not together(*strangers)


@pytest.mark.parametrize(
    ("short", "others", "joins"),
    [
        ("Ilmar", ["Quill Foods", "Brede Council"], True),
        ("Bill", ["Quill Foods", "Brede Council"], True),
        ("Ilmar", ["Quill Foods"], False),
    ],
)
def test_a_first_name_alone_joins_where_the_stories_are_of_one_affair(short, others, joins):
    shared = [entity(n, "organization") for n in others]
    full = "William Harbst" if short == "Bill" else "Ilmar Harbst"
    stories = [story("a", entity(full), *shared), story("b", entity(short), *shared)]
    assert any(("b", short) in g for g in together(*stories)) == joins


@pytest.mark.parametrize(
    ("one", "other", "joins"),
    [
        ("Orvakhan", "Orvakan", True),
        ("Bandar-e Sorvab", "Bandar Sorwab", True),
        ("Orvakhan", "Ervkan", False),
        ("Austria", "Australia", False),
    ],
)
def test_spellings_of_a_place_join_where_the_stories_share_somebody(one, other, joins):
    shared = entity("Lena Harbst")
    near = [story("a", entity(one, "place"), shared), story("b", entity(other, "place"), shared)]
    assert any(("b", other) in g for g in together(*near)) == joins
    far = [story("a", entity(one, "place")), story("b", entity(other, "place"))]
    assert not together(*far)


def test_letters_that_one_story_explains_are_known_in_another():
    told = entity("Harbour Security Office", "organization", aliases=["BIS"])
    assert together(story("a", told), story("b", entity("B.I.S.", "organization")))
    assert not together(story("a", told), story("b", entity("HIS", "organization")))


@pytest.mark.parametrize(("role", "joins"), [("chief engineer", True), ("son", False), (None, False)])
def test_a_first_name_alone_joins_where_both_are_told_to_be_the_same(role, joins):
    stories = [
        story("a", entity("Ilmar Harbst", role="chief engineer and son")),
        story("b", entity("Ilmar", role=role)),
    ]
    assert bool(together(*stories)) == joins


@pytest.mark.parametrize(
    "role", ["Its inspector", "inspector at the NHA", "inspector of the Harbour Authority"]
)
def test_letters_and_pronouns_in_a_role_keep_nobody_apart(role):
    told = entity("Ilmar Harbst", role="inspector at the Northern Harbour Authority")
    assert together(story("a", told), story("b", entity("Ilmar Harbst", role=role)))


def test_every_country_has_a_foreign_ministry():
    ministry = entity("Foreign Ministry", "organization")
    lisbon, oslo = entity("Lisbon", "place"), entity("Oslo", "place")
    stories = [story("a", ministry, lisbon), story("b", ministry, oslo), story("c", ministry, lisbon)]
    assert [("a", "Foreign Ministry"), ("c", "Foreign Ministry")] in together(*stories)
    assert not any(("b", "Foreign Ministry") in g for g in together(*stories))


def test_the_body_that_everybody_knows_by_its_letters_is_one():
    one = story("a", entity("GOP", "organization"))
    other = story("b", entity("Republican Party", "organization"))
    assert together(one, other) == [[("a", "GOP"), ("b", "Republican Party")]]


def owned(name, owner):
    return entity(owner), entity(name, "organization", form="nominal")


@pytest.mark.parametrize(
    ("name", "joins"),
    [
        ("Ben Farrow's campaign", True),
        ("Mr. Farrow’s presidential campaign", True),
        ("the Farrow camp", True),
        ("Farrow's 2008 campaign", False),
        ("Farrow's 50-state campaign", True),
        ("the anti-Farrow campaign", False),
        ("the campaign against Farrow", False),
        ("the Farrow administration", False),
        ("his campaign", False),
        ("the Marsh campaign", False),
    ],
)
def test_a_campaign_is_one_by_whose_it_is(name, joins):
    rows = together(
        story("a", *owned("the Farrow campaign", "Ben Farrow")), story("b", *owned(name, "Ben Farrow"))
    )
    assert ([("a", "the Farrow campaign"), ("b", name)] in rows) == joins


def test_what_was_described_in_an_affair_is_in_one_row_alone():
    others = [entity(f"Tarn Ode{k}") for k in range(6)]
    named = story("a", entity("Farrow Campaign", "organization"), entity("Ben Farrow"), *others)
    told = story("b", *owned("the Farrow campaign", "Ben Farrow"), *others)
    again = story("d", *owned("the Farrow campaign", "Ben Farrow"), *others)
    found = [(e.document_id, e.entity_id) for j in join(entries(named, told, again))[0] for e in j.entries]
    assert len(found) == len(set(found))


def test_each_layer_of_a_story_has_its_own_owner():
    rows = together(
        *(
            story("a", *owned("the Farrow campaign", "Ben Farrow"), layer=layer)
            for layer in ("machine", "gold")
        ),
        story("b", *owned("the Farrow campaign", "Ben Farrow Jr.")),
    )
    assert [row for row in rows if row[0][1] == "the Farrow campaign"]


def test_a_campaign_of_a_name_that_two_have_is_nobodys():
    first = story("a", *owned("the Farrow campaign", "Ben Farrow"))
    second = story("b", *owned("the Farrow campaign", "Ben Farrow"), entity("Ana Farrow"))
    rows = together(first, second)
    assert not any(("b", "the Farrow campaign") in row for row in rows)


@pytest.mark.parametrize(
    ("stories", "lands", "joins"),
    [
        (20, ("Niger", "Peru"), True),
        (3, ("Niger", "Peru"), False),
        (20, ("Nigeria", "Peru"), False),
        (20, (), False),
    ],
)
def test_what_every_country_has_is_that_of_the_country_that_most_stories_are_of(stories, lands, joins):
    many = [
        story(f"s{k:02}", entity("Niger", "place"), entity("Supreme Court", "organization"))
        for k in range(stories)
    ]
    several = (entity(land, "place") for land in lands)
    rows = together(*many, story("a", entity("Supreme Court", "organization"), *several))
    court = next(row for row in rows if ("s00", "Supreme Court") in row)
    assert (("a", "Supreme Court") in court) == joins


@pytest.mark.parametrize(
    ("one", "other", "joins"),
    [
        ("Department of Justice", "Justice Department", True),
        ("Ministry of Foreign Affairs", "Foreign Ministry", True),
        ("U.S. Department of State", "State Department", True),
        ("G.O.P.", "Republican Party", True),
        ("NY Herald", "New York Herald", True),
        ("Ny Tid", "New York Tid", False),
        ("Police Department of Orva", "Orva Department", False),
    ],
)
def test_a_bodys_words_are_the_same_however_they_are_turned(one, other, joins):
    assert (body_words(one) == body_words(other)) == joins


def test_a_girl_called_as_a_known_body_is_none():
    assert body_words("Isis") == ("isis",)
    assert body_words("ISIS") == body_words("Islamic State")


def test_a_country_is_one_under_all_its_spellings():
    stories = [
        story(k, entity(n, "place")) for k, n in (("a", "U.S."), ("b", "United States"), ("c", "America"))
    ]
    assert [len(g) for g in together(*stories)] == [3]


def test_what_a_story_does_not_name_is_not_in_the_register(tmp_path):
    folder = folder_of(tmp_path / "f", story("a", entity("the spokesman", form="nominal")))
    assert link(folder).rows == 0
    assert rows(folder) == []


def sample():
    spellings = ["Sergey Volkonin", "Sergei Volkonin", "Serguei Volkonine"]
    ferries = entity("Northern Ferries", "organization")
    out = [story(f"s{k}", entity(n, role="spokesman"), ferries) for k, n in enumerate(spellings)]
    out += [
        story(f"t{k}", entity("Lena Harbst", role=r), ferries)
        for k, r in enumerate(["goalkeeper", "senator"] * 2)
    ]
    return [*out, story("u", entity("Volkonin"), ferries), story("v", entity("Oslo", "place"))]


@settings(deadline=None, max_examples=6)
@given(st.integers(0, 10**6))
def test_the_same_register_whatever_the_order(tmp_path_factory, seed):
    shuffled = sample()
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - an order, no secret
    one = folder_of(tmp_path_factory.mktemp("a"), *sample())
    other = folder_of(tmp_path_factory.mktemp("b"), *shuffled)
    link(one)
    link(other)
    assert (one / "register.jsonl").read_bytes() == (other / "register.jsonl").read_bytes()


@settings(deadline=None, max_examples=6)
@given(st.permutations(range(9)), st.integers(1, 8))
def test_stories_that_come_later_leave_the_ids_of_those_before(tmp_path_factory, order, cut):
    stories = [sample()[k] for k in order]
    folder = folder_of(tmp_path_factory.mktemp("a"), *stories[:cut])
    link(folder)
    before = {(m["document_id"], m["entity_id"]): row["id"] for row in rows(folder) for m in row["members"]}
    anchors = {m for m, id_ in before.items() if register_id(m) == id_}
    folder_of(folder, *stories)
    link(folder)
    after = {(m["document_id"], m["entity_id"]): row["id"] for row in rows(folder) for m in row["members"]}
    ids = [row["id"] for row in rows(folder)]
    assert len(ids) == len(set(ids))
    assert all(after[m] == before[m] for m in anchors if sum(after[o] == after[m] for o in anchors) == 1)
    link(folder)
    assert after == {
        (m["document_id"], m["entity_id"]): row["id"] for row in rows(folder) for m in row["members"]
    }


def test_a_row_says_names_members_and_why(tmp_path):
    folder = folder_of(tmp_path / "f", *sample())
    report = link(folder)
    row = next(r for r in rows(folder) if "Volkonin" in r["aliases"])
    assert row["kind"] == "person"
    assert row["name"] == "Serguei Volkonine" or row["name"] in row["name"]
    assert {row["name"], *row["aliases"]} == {
        "Sergey Volkonin",
        "Sergei Volkonin",
        "Serguei Volkonine",
        "Volkonin",
    }
    assert [m["document_id"] for m in row["members"]] == ["s0", "s1", "s2", "u"]
    assert any("surname alone" in e for e in row["evidence"])
    assert report.shared == sum(len({m["document_id"] for m in r["members"]}) > 1 for r in rows(folder))
    assert "people, bodies, places" in str(report)


def test_of_one_entity_in_several_layers_the_most_trusted_stands(tmp_path):
    machine = story("a", entity("Lena Harbts", id="e1"))
    human = story("a", entity("Lena Harbst", id="e1"), layer="human")
    folder = folder_of(tmp_path / "f", machine, human)
    link(folder)
    assert [(r["name"], len(r["members"])) for r in rows(folder)] == [("Lena Harbst", 1)]


def test_only_the_register_is_written(tmp_path):
    folder = folder_of(tmp_path / "f", *sample())
    before = (folder / "annotations.jsonl").read_bytes()
    link(folder)
    assert (folder / "annotations.jsonl").read_bytes() == before


def test_a_folder_without_annotations_a_bad_line_and_a_second_run(tmp_path):
    with pytest.raises(BadArgument, match=r"annotations\.jsonl"):
        link(tmp_path)
    folder = folder_of(tmp_path / "f", *sample())
    with locked(folder), pytest.raises(Busy):
        link(folder)
    (folder / "annotations.jsonl").write_text(json.dumps({"schema": 1}) + "\n")
    with pytest.raises(BadAnnotation):
        link(folder)


def made_up(n):
    """Entries of `n` people with names of two or three invented words."""
    rng = random.Random(7)  # noqa: S311 - names, no secret
    starts, ends = (
        ["b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z", "br", "dr", "kr", "st", "tr"],
        ["an", "el", "in", "or", "us", "ak", "em", "it", "ov", "ul"],
    )

    def word():
        return "".join(rng.choice(starts) + rng.choice("aeiou") for _ in range(2)) + rng.choice(ends)

    names = [tuple(word() for _ in range(rng.choice([2, 2, 3]))) for _ in range(n)]
    return [
        Entry(f"d{k}", "e", "machine", "person", " ".join(w), (" ".join(w),), (w,))
        for k, w in enumerate(names)
    ]


@pytest.mark.parametrize("size", [500, 1000])
def test_a_name_is_compared_with_few_others_however_many_there_are(size):
    # Every two names would be `size / 2` comparisons a name; the keys alone bound it whatever the size.
    joined, comparisons = join(made_up(size))
    assert comparisons < 20 * size < size * (size - 1) / 2
    assert len(joined) > 0.95 * size


@pytest.mark.parametrize(
    ("one", "other"),
    [("dmitri", "dmitriy"), ("yuri", "iouri"), ("qasim", "gassem"), ("shevchuk", "schewtschuk")],
)
def test_sounds_meet_under_one_skeleton(one, other):
    assert skeleton(one) == skeleton(other)


def test_parts_of_names():
    assert person_name("Harbst, Dr Lena").words == ("lena", "harbst")
    assert person_name("Prof. Sir Ivo Ode Jr.").titles == ("prof", "sir")
    assert person_name("Prof. Sir Ivo Ode Jr.").suffixes == ("jr",)
    assert body_words("The Harlow Steel Company Ltd.") == ("harlow", "steel")
    assert is_acronym_of("N.H.A.", "Northern Harbour Authority")
    assert not is_acronym_of("NHA", "Northern Steel")


@given(
    st.text("abcdeghijkmnostuvyz", min_size=1, max_size=9),
    st.text("abcdeghijkmnostuvyz", min_size=1, max_size=9),
)
def test_likeness_is_the_same_both_ways_and_one_for_equals(a, b):
    assert likeness(a, b) == pytest.approx(likeness(b, a))
    assert likeness(a, a) == 1
    assert -0.1 <= likeness(a, b) <= 1


def test_evidence_asks_more_of_common_words():
    rare = lambda _: 0.9  # noqa: E731
    common = lambda _: 0.2  # noqa: E731
    one, other = ("lena", "harbst"), ("lena", "maria", "harbst")
    assert evidence(one, other, rare) > 0 > evidence(one, other, common)
    assert same_person(("harbst",), one) == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bill Burton", "Bill Bolton"),
        ("Helena Mostyn", "Helen Marsden"),
        ("Roger Quist", "Robert Quist"),
        ("David Petrovan", "David Peterson"),
    ],
)
def test_names_that_are_known_as_two_are_no_spellings_of_each_other(one, other):
    assert together(story("a", entity(one)), story("b", entity(other))) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ben Carter", "Ben Carter"), ("Al Moore", "Al T. Moore"), ("Meena Harkar", "Meenakshi Harkar")],
)
def test_a_given_name_that_is_a_particle_elsewhere_or_short_for_another_is_one(one, other):
    assert together(story("a", entity(one)), story("b", entity(other))) == [[("a", one), ("b", other)]]


def many(name, stories, **more):
    return [story(f"s{k:02}", entity(name, **more), entity("Oslo", "place")) for k in range(stories)]


def test_of_a_surname_the_one_of_whom_far_more_write_is_meant():
    stories = [*many("Ana Varga", 12), story("x", entity("Ivo Varga")), story("y", entity("Varga"))]
    (varga,) = [g for g in together(*stories) if ("y", "Varga") in g]
    assert ("s00", "Ana Varga") in varga


def test_of_two_who_are_written_of_alike_none_is():
    stories = [*many("Ana Varga", 3), story("x", entity("Ivo Varga")), story("y", entity("Varga"))]
    assert not [g for g in together(*stories) if ("y", "Varga") in g]


def test_of_the_famous_not_every_role_fits():
    stories = [*many("Ana Varga", 12, role="senator"), story("x", entity("Ana Varga", role="surgeon"))]
    assert [len(g) for g in together(*stories) if ("s00", "Ana Varga") in g] == [13]


@pytest.mark.parametrize(
    ("role", "other"),
    [
        ("Likely Democratic nominee", "Presumptive Democratic nominee"),
        ("GOP senator", "senator from Chad"),
        ("One Republican candidate", "Other Republican candidates"),
    ],
)
def test_what_stands_before_an_office_is_none(role, other):
    stories = story("a", entity("Ana Varga", role=role)), story("b", entity("Ana Varga", role=other))
    assert together(*stories) == [[("a", "Ana Varga"), ("b", "Ana Varga")]]


def test_whoever_is_split_by_mistake_in_one_story_takes_nobody_along():
    split = story("m", entity("Ana Varga", id="e-1"), entity("Ana Varga", id="e-2"), entity("Oslo", "place"))
    assert [len(g) for g in together(split, *many("Ana Varga", 12)) if ("s00", "Ana Varga") in g] == [13]
    assert [len(g) for g in together(split, *many("Ana Varga", 4)) if ("s00", "Ana Varga") in g] == [5]


@pytest.mark.parametrize(("role", "stories"), [("farmer", 12), ("dentist", 6)])
def test_two_of_a_name_in_many_stories_are_two(role, stories):
    pairs = [
        story(f"s{k:02}", entity("Ana Varga", id="e-1", role=role), entity("Ana Varga", id="e-2", role=role))
        for k in range(stories)
    ]
    assert [len(g) for g in together(*pairs)] == [stories, stories]


def test_who_stands_beside_somebody_famous_is_another_with_all_of_whom_the_same_is_said():
    beside = story(
        "x0",
        entity("Ana Varga", id="e-1", role="senator of Chad"),
        entity("Ana Varga", id="e-2", role="senator of Peru"),
        entity("Oslo", "place"),
        entity("Quill Foods", "organization"),
        entity("Ivo Quist"),
    )
    others = [story(f"x{k}", entity("Ana Varga", role="senator of Peru")) for k in range(1, 4)]
    found = together(*many("Ana Varga", 30, role="senator of Chad"), beside, *others)
    assert sorted(len(g) for g in found if g[0][1] == "Ana Varga") == [4, 31]


@pytest.mark.parametrize(
    ("role", "other"),
    [
        ("New York governor", "NY governor"),
        ("minister in New Zealand", "minister in NZ"),
        ("One Nation leader", "leader of One Nation"),
    ],
)
def test_what_belongs_to_a_name_stays_in_it(role, other):
    stories = story("a", entity("Ana Varga", role=role)), story("b", entity("Ana Varga", role=other))
    assert together(*stories) == [[("a", "Ana Varga"), ("b", "Ana Varga")]]


def test_of_a_few_beside_somebody_famous_those_whom_no_story_has_beside_him_are_he():
    stories = [
        *many("Ana Varga", 30, role="senator of Chad"),
        *(story(f"x{k}", entity("Ana Varga", role="senator of Peru")) for k in range(2)),
        story("x9", entity("Ana Varga")),
    ]
    assert [g[-1] for g in together(*stories) if ("s00", "Ana Varga") in g] == [("x9", "Ana Varga")]


def test_of_several_of_a_surname_the_one_of_whom_the_same_is_said_is_meant():
    stories = [
        story("a", entity("Ana Varga", role="judge")),
        story("b", entity("Ivo Varga", role="dentist")),
        story("c", entity("Varga", role="the 80-year-old judge")),
    ]
    assert together(*stories) == []
    near = [story(s.document_id, *s.entities, entity("Quill Foods", "organization")) for s in stories]
    assert [("a", "Ana Varga"), ("c", "Varga")] in together(*near)


def test_a_given_name_that_is_a_particle_elsewhere_makes_a_full_name():
    stories = [
        story("a", entity("Ash Burton"), entity("Oslo", "place"), entity("Quill Foods", "organization")),
        story("b", entity("Tim Burton"), entity("Oslo", "place"), entity("Quill Foods", "organization")),
    ]
    assert [g for g in together(*stories) if any("Burton" in name for _, name in g)] == []


def test_two_surnames_with_a_hyphen_are_nobodys_full_name():
    stories = [
        story("a", entity("Varga-Quist"), entity("Oslo", "place")),
        story("b", entity("Varga"), entity("Oslo", "place")),
    ]
    assert [g for g in together(*stories) if ("b", "Varga") in g] == []


def test_a_body_that_every_land_has_is_that_of_the_land_that_a_story_speaks_of_most():
    def told(id_, often, other):
        mentions = tuple(EntityMention(k, k + 1, "name") for k in range(often))
        lands = (Entity("e-o", "Norway", "place", mentions), entity(other, "place"))
        return story(id_, entity("Supreme Court", "organization"), *lands)

    stories = [told("a", 5, "Peru"), told("b", 4, "Chad"), told("c", 1, "Peru")]
    assert [("a", "Supreme Court"), ("b", "Supreme Court")] in together(*stories)
    assert [g for g in together(*stories) if ("c", "Supreme Court") in g] == []


def test_a_lone_name_may_be_a_known_persons(tmp_path):
    folder = folder_of(tmp_path / "out", story("a", entity("Hale"), entity("Oslo", "place")))
    (tmp_path / "known.jsonl").write_text('{"name": "Mira Hale"}\n{"name": "Ivo Brandt"}\n', encoding="utf8")
    link(folder, known=tmp_path / "known.jsonl")
    # Nothing of the story speaks for her.
    assert [r["name"] for r in rows(folder) if r["kind"] == "person" and r["members"]] == ["Hale"]


@pytest.mark.parametrize("name", ["!!!", "…"])
def test_a_body_without_a_letter_stops_nothing(name):
    assert together(story("a", entity(name, "organization")), story("b", entity(name, "organization"))) == []


@pytest.mark.parametrize(
    ("one", "other"), [("District 5", "District 9"), ("Camp A", "Camp B"), ("Route 9", "Route 6")]
)
def test_places_that_differ_by_a_letter_or_a_figure_are_two(one, other):
    assert together(
        story("a", entity(one, "place"), entity("Quill Foods", "organization")),
        story("b", entity(other, "place"), entity("Quill Foods", "organization")),
    ) == [[("a", "Quill Foods"), ("b", "Quill Foods")]]


def test_ten_stories_of_two_namesakes_are_two_people():
    stories = [
        *(story(f"s{k}", entity("Ana Varga", role="goalkeeper")) for k in range(6)),
        *(story(f"t{k}", entity("Ana Varga", role="senator")) for k in range(6)),
    ]
    assert sorted(len(g) for g in together(*stories)) == [6, 6]


def test_who_is_famous_does_not_hang_on_the_order_of_the_stories():
    def linked(id_):
        stories = [
            *many("Ana Varga", 7),
            *(story(f"v{k}", entity("Varga"), entity("Oslo", "place")) for k in range(4)),
        ]
        return [len(g) for g in together(*stories, story(id_, entity("Varga"))) if ("s00", "Ana Varga") in g]

    assert linked("a0") == linked("z0") == [11]


def test_a_full_name_that_ends_in_a_given_name_is_found_by_it():
    stories = [
        story("a", entity("Clarence Thomas", role="judge"), entity("Oslo", "place")),
        story("b", entity("Thomas", role="judge"), entity("Oslo", "place")),
    ]
    assert [("a", "Clarence Thomas"), ("b", "Thomas")] in together(*stories)


def test_what_a_person_took_out_of_a_row_has_the_name_by_which_it_was_described():
    (only,) = entries(story("a", entity("the mayor", form="nominal")))
    assert (Joined([only]).name, Joined([only]).names) == ("the mayor", ["the mayor"])


@pytest.mark.parametrize(
    ("names", "joins"),
    [
        (("Supreme Court of Kenya", "Kenyan Supreme Court"), True),
        (("Ministry of Defense of Kenya", "Kenyan Defence Ministry"), True),
        (("Dutch Foreign Ministry", "Ministry of Foreign Affairs of the Netherlands"), True),
        (("Kenyan Supreme Court", "Supreme Court of Ghana"), False),
        (("Nigerian Senate", "Senate of Niger"), False),
        (("Bank of England", "English Bank"), False),
    ],
)
def test_a_body_that_every_land_has_is_told_by_its_land(names, joins):
    first, second = (story(k, entity(n, "organization")) for k, n in zip("ab", names, strict=True))
    assert bool(together(first, second)) is joins


def test_what_is_of_an_unknown_land_is_told_by_it_where_a_story_names_it():
    land, other = entity("Orvia", "place"), entity("Orvian Foreign Ministry", "organization")
    stories = [story("a", land, other), story("b", entity("Foreign Ministry of Orvia", "organization"))]
    assert together(*stories) == [[("a", "Orvian Foreign Ministry"), ("b", "Foreign Ministry of Orvia")]]


def test_a_description_with_a_lands_or_a_bodys_name_is_a_name():
    told = story("a", entity("the Kenyan defence ministry", "organization", form="nominal"))
    named = story("b", entity("Ministry of Defence of Kenya", "organization"))
    assert len(together(told, named)) == 1
    police = story("c", entity("Carrick police", "organization", form="nominal"))
    assert len(together(police, story("d", entity("Carrick Police", "organization")))) == 1
    local = story("e", entity("the local police", "organization", form="nominal"))
    assert together(local, story("f", entity("Carrick Police", "organization"))) == []


def test_a_department_is_one_where_the_stories_share_somebody():
    ada = entity("Ada Crane")
    first = story("a", entity("Department for Education", "organization"), ada)
    second = story("b", entity("Department for Education", "organization"), ada)
    alone = story("c", entity("Department for Education", "organization"))
    found = together(first, second, alone)
    assert [("a", "Department for Education"), ("b", "Department for Education")] in found


def test_small_letters_between_capitals_stand_for_small_words():
    ada = entity("Ada Crane")
    first = story("a", entity("Ministry of Transport", "organization"), ada)
    second = story("b", entity("MoT", "organization"), ada)
    assert [("a", "Ministry of Transport"), ("b", "MoT")] in together(first, second)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (entity("Karl Ode Jr."), entity("Karl Ode Sr.")),
        (entity("Karl Ode", role="spokesman for the port"), entity("Karl Ode", role="lorry driver")),
    ],
)
def test_father_and_son_and_a_spokesman_and_a_driver_are_two(one, other):
    assert together(story("a", one), story("b", other)) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Gov.", "governor of Orva"),
        ("mother of the accused", "retired crane driver"),
        ("ambassador to Prague", "Latvia's ambassador"),
        ("spokesman", "geologist"),
        ("who heads the mission", "head of the mission"),
    ],
)
def test_what_says_nothing_else_of_somebody_keeps_nobody_apart(one, other):
    stories = [story(k, entity("Lena Harbst", role=r)) for k, r in (("a", one), ("b", other))]
    assert together(*stories) == [[("a", "Lena Harbst"), ("b", "Lena Harbst")]]


def test_c_before_i_sounds_as_ts_does():
    first, second = (story(k, entity(n)) for k, n in (("a", "Zviad Tsiklauri"), ("b", "Zviad Ciklauri")))
    assert len(together(first, second)) == 1
