"""Who is one in stories of one affair: by a form of the first name, by a short form, by what somebody is."""

from __future__ import annotations

import pytest

from annotator.entries import entry_of
from annotator.linkage import join
from annotator.model import Annotation, Entity, EntityMention, Producer, Role, sha256_of

BODIES = ("Orvane Harbour Board", "Quill Foods", "Lantern Trust")


def entity(name, kind="person", *, aliases=(), role=None, form="name"):
    told = Role(role, 0, len(role)) if role else None
    return Entity(f"e-{name}-{kind}", name, kind, (EntityMention(0, 1, form),), tuple(aliases), told)


def described(name, kind="person"):
    return entity(name, kind, form="nominal")


def body(name):
    return entity(name, "organization")


def affair(**stories):
    """Stories by name that all have the same bodies too, and so are of one affair."""
    return [story(name, *found, *map(body, BODIES)) for name, found in stories.items()]


def story(name, *found):
    return Annotation(name, sha256_of(name), "machine", Producer("model", "m"), entities=tuple(found))


def together(stories):
    """The groups of several entities of several stories, but for the bodies that all have."""
    given = [x for s in stories for e in s.entities if (x := entry_of(s, e))]
    found = [sorted((e.document_id, e.name) for e in j.entries) for j in join(given)[0]]
    return sorted(g for g in found if len(g) > 1 and g[0][1] not in BODIES)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Torvik Varga", "Tamsil Varga"),
        ("D. A. Erlov", "Denis Yerlov"),
        ("Oksana Hrinko", "Oksana Grinko"),
        ("Roh Mi-seon", "Mi-seon Noh"),
        ("Pieter Van den Ackeren", "Pieter Vandenackeren"),
        ("Harsh Vaidya", "Harshvardhan V. Vaidya"),
    ],
)
def test_in_one_affair_a_form_of_the_first_name_is_enough(one, other):
    assert together(affair(a=[entity(one)], b=[entity(other)])) == [[("a", one), ("b", other)]]


@pytest.mark.parametrize(
    ("one", "other"), [("Torvik Varga", "Tamsil Varga"), ("Oksana Hrinko", "Oksana Grinko")]
)
def test_elsewhere_it_is_not(one, other):
    stories = [story("a", entity(one), body("Quill Foods")), story("b", entity(other), body("Lantern Trust"))]
    assert together(stories) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # A woman and a man, a father and his child, brothers and sisters.
        ("Anna Varga", "Adam Varga"),
        ("Juma Odero", "Amina J. Odero"),
        ("Ivo Varga", "Denis Varga"),
        ("Denis Varga", "Dmitry Varga"),
        ("Maria Varga", "Marta Varga"),
        # Names that are known as two, initials of others.
        ("Roger Quist", "Robert Quist"),
        ("Mark Harrison", "Mark Garrison"),
        ("Nina Varga", "Lina Varga"),
        ("R. Varga", "Nina Varga"),
    ],
)
def test_kin_stay_apart_in_one_affair(one, other):
    assert together(affair(a=[entity(one)], b=[entity(other)])) == []


def test_who_has_both_in_one_story_keeps_them_apart():
    stories = affair(a=[entity("Torvik Varga"), entity("Tamsil Varga")], b=[entity("Tamsil Varga")])
    assert together(stories) == [[("a", "Tamsil Varga"), ("b", "Tamsil Varga")]]


def test_who_may_be_two_is_neither():
    stories = affair(
        a=[entity("D. Varga")], b=[entity("Denis Varga"), entity("Darko Varga")], c=[entity("Darko Varga")]
    )
    assert together(stories) == [[("b", "Darko Varga"), ("c", "Darko Varga")]]


def test_what_is_known_everywhere_makes_no_affair():
    many = [story(f"s{k}", body("Quill Foods"), body("Lantern Trust")) for k in range(50)]
    lone = [
        story("a", entity("Torvik Varga"), body("Quill Foods"), body("Lantern Trust")),
        story("b", entity("Tamsil Varga"), body("Quill Foods"), body("Lantern Trust")),
    ]
    assert [g for g in together([*many, *lone]) if "Varga" in g[0][1]] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Palvi", "Palvi Media Group"),
        ("Korday Trading Group", "Korday"),
        ("Atelier Mirane", "Mirane"),
    ],
)
def test_a_body_cut_short_is_one_in_one_affair(one, other):
    assert together(affair(a=[body(one)], b=[body(other)])) == [[("a", one), ("b", other)]]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # A firm that owns another, a land and its police, two guilds.
        ("Korday Group", "Korday Tankers"),
        ("Weavers' Guild of Orvane", "Weavers' Guild of Tarn"),
    ],
)
def test_bodies_of_like_names_stay_apart(one, other):
    assert together(affair(a=[body(one)], b=[body(other)])) == []


def test_a_lands_name_is_short_for_no_body():
    stories = affair(a=[body("Tarnland State Police")], b=[body("Tarnland")], c=[entity("Tarnland", "place")])
    assert together(stories) == []


def test_a_description_is_of_the_one_who_bears_the_office():
    stories = affair(
        a=[entity("Lia Harrow", role="deputy defence minister"), entity("Ana Quist", role="goalkeeper")],
        b=[described("The deputy defence minister")],
    )
    assert together(stories) == [[("a", "Lia Harrow"), ("b", "The deputy defence minister")]]


def test_of_two_ministers_the_one_whose_role_has_more_of_the_words():
    stories = affair(
        a=[entity("Lia Harrow", role="transport minister"), entity("Ana Quist", role="health minister")],
        b=[described("the health minister")],
    )
    assert together(stories) == [[("a", "Ana Quist"), ("b", "the health minister")]]


@pytest.mark.parametrize(
    "told",
    [
        "a deputy minister",
        "my minister",
        "the neighbour",
        "the wife of the minister",
        "the minister's brother",
    ],
)
def test_who_may_be_anybody_stays_unknown(told):
    assert together(affair(a=[entity("Lia Harrow", role="minister")], b=[described(told)])) == []


def test_of_two_who_bear_it_nobody_is_meant():
    stories = affair(
        a=[entity("Lia Harrow", role="minister"), entity("Ana Quist", role="minister")],
        b=[described("the minister")],
    )
    assert together(stories) == []


def test_nobody_of_the_same_story_is_described():
    stories = affair(
        a=[entity("Lia Harrow", role="minister")],
        b=[described("the minister"), entity("Lia Harrow", role="minister")],
    )
    assert together(stories) == [[("a", "Lia Harrow"), ("b", "Lia Harrow")]]


def test_in_another_affair_nobody_is():
    stories = [
        story("a", entity("Lia Harrow", role="minister"), body("Quill Foods")),
        story("b", described("the minister"), body("Lantern Trust")),
    ]
    assert together(stories) == []


def test_a_body_is_described_by_the_words_of_its_name():
    stories = affair(
        a=[body("Tarnish Foreign Ministry")], b=[described("the Tarnish foreign ministry", "organization")]
    )
    assert together(stories) == [[("a", "Tarnish Foreign Ministry"), ("b", "the Tarnish foreign ministry")]]


def test_a_description_is_no_name_of_somebody():
    stories = affair(a=[entity("Lia Harrow", role="mayor of Tarn")], b=[described("the mayor")])
    given = [x for s in stories for e in s.entities if (x := entry_of(s, e))]
    (mayor,) = [j for j in join(given)[0] if len(j.entries) > 1 and j.kind == "person"]
    assert (mayor.name, mayor.names) == ("Lia Harrow", ["Lia Harrow"])
    assert mayor.evidence == ["described: the mayor in b"]


@pytest.mark.parametrize(
    ("role", "told"),
    [
        ("president", "the vice president"),
        ("president", "the vice-president"),
        ("mayor", "the former mayor"),
        ("director", "the assistant director"),
        ("minister", "the deputy minister"),
        ("manager", "Freeman's manager"),
    ],
)
def test_who_is_below_an_office_or_out_of_it_does_not_bear_it(role, told):
    assert together(affair(a=[entity("Lia Harrow", role=role)], b=[described(told)])) == []


def test_a_hyphen_in_a_role_is_none_in_a_description():
    stories = affair(a=[entity("Lia Harrow", role="vice-president")], b=[described("the vice president")])
    assert together(stories) == [[("a", "Lia Harrow"), ("b", "the vice president")]]


def test_of_many_ministers_the_one_of_the_affair():
    others = [story(f"m{k}", entity(f"Quist{k:03} Orm{k:03}", role="minister")) for k in range(60)]
    stories = affair(a=[entity("Lia Harrow", role="minister")], b=[described("the minister")])
    assert [("a", "Lia Harrow"), ("b", "the minister")] in together([*others, *stories])


def test_how_much_stories_share_does_not_hang_on_the_order_of_the_rows():
    names = [f"Orvane Board {w}" for w in ("Ash", "Birch", "Cedar", "Dogwood", "Elm", "Fir")]
    filler = [story(f"f{k}{n}", body(name)) for n, name in enumerate(names[1:]) for k in range(2 + 3 * n)]
    pair = [story(d, entity(p), *map(body, names)) for d, p in (("a", "Torvik Varga"), ("b", "Tamsil Varga"))]
    found = {str(together([*part, *filler])) for part in (pair, pair[::-1]) for _ in range(3)}
    assert len(found) == 1
