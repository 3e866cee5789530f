"""Trees in which a noun and the name right after it have one place."""

import pytest

from annotator.parser.appositions import with_appositions
from annotator.parser.heads import Tree


def mended(*words):
    """Heads and relations of `tag head relation` after mending."""
    parts = [w.split() for w in words]
    tree = with_appositions(Tree([int(p[1]) for p in parts], [p[2] for p in parts]), [p[0] for p in parts])
    return list(zip(tree.heads, tree.relations, strict=True))


def test_a_name_after_its_noun_is_an_apposition():
    # “Norse carmaker Orvane told”
    found = mended("ADJ 2 amod", "NOUN 4 nsubj", "PROPN 4 nsubj", "VERB 0 root")
    assert found == [(2, "amod"), (4, "nsubj"), (2, "appos"), (0, "root")]


@pytest.mark.parametrize(
    ("first", "second"),
    [("3 flat", "4 nsubj"), ("4 nsubj", "2 flat")],
    ids=["headed by its last", "by its first"],
)
def test_a_name_of_two_words_hangs_on_by_its_head(first, second):
    # “clerk Ana Ode said”
    words = ("NOUN 4 nsubj", f"PROPN {first}", f"PROPN {second}", "VERB 0 root")
    found = mended(*words)
    head = 1 if first.endswith("nsubj") else 2
    assert found[head] == (1, "appos")
    assert found[3 - head][1] == "flat"


@pytest.mark.parametrize(
    "words",
    [
        # “the boat Ode built”, “Monday Ode left”, “the clerk saw Ode”
        ("NOUN 3 nsubj", "PROPN 3 obj", "VERB 0 root"),
        ("NOUN 3 obl:unmarked", "PROPN 3 nsubj", "VERB 0 root"),
        ("NOUN 2 nsubj", "VERB 0 root", "PROPN 2 nsubj"),
        ("NOUN 3 obl", "PROPN 3 obl", "VERB 0 root"),
    ],
)
def test_what_has_two_places_or_stands_apart_stays(words):
    assert mended(*words) == [(int(w.split()[1]), w.split()[2]) for w in words]


@pytest.mark.parametrize("relation", ["obl", "obj", "nsubj"])
def test_a_name_between_marks_behind_a_definite_noun_is_an_apposition(relation):
    # “of the guide, Ana Ode, she spoke”
    words = [
        "ADP 3 case", "DET 3 det", f"NOUN 9 {relation}", "PUNCT 5 punct", f"PROPN 9 {relation}", "PROPN 5 flat",
        "PUNCT 5 punct", "PRON 9 dep", "VERB 0 root",
    ]  # fmt: skip
    assert mended(*words)[4] == (3, "appos")
    # “in spring, Ode,”, “of the guide, Ode, and”, “of the guide, Ode left”
    without = [w if w != "DET 3 det" else "ADJ 3 amod" for w in words]
    assert mended(*without)[4] == (9, relation)
    joined = [w if w != "PRON 9 dep" else "CCONJ 9 cc" for w in words]
    assert mended(*joined)[4] == (9, relation)
    runs_on = [w if k != 6 else "VERB 9 dep" for k, w in enumerate(words)]
    assert mended(*runs_on)[4] == (9, relation)


def test_an_office_with_what_it_is_of_hangs_on_the_name_behind_it():
    # “from Minister of Trade Ana Ode came”
    words = [
        "ADP 2 case", "PROPN 7 nsubj", "ADP 4 case", "PROPN 2 nmod", "PROPN 7 nsubj", "PROPN 5 flat", "VERB 0 root",
    ]  # fmt: skip
    found = mended(*words)
    assert found[1] == (5, "nmod:desc")
    # What stands before the office stands before the whole.
    assert found[0] == (5, "case")
    assert found[4] == (7, "nsubj")
    # “the port of Orva Ode left”: nothing of a place makes it an office if a mark parts the two.
    parted = [*words[:4], "PUNCT 2 punct", "PROPN 8 nsubj", "PROPN 6 flat", "VERB 0 root"]
    parted[1] = "PROPN 8 nsubj"
    assert mended(*parted)[1] == (8, "nsubj")


def test_what_follows_the_noun_of_an_apposition_is_its_own():
    # “Ana Ode, founder of the fund, left”
    words = [
        "PROPN 9 nsubj", "PROPN 1 flat", "PUNCT 4 punct", "NOUN 1 appos", "ADP 7 case", "DET 7 det", "NOUN 1 nmod",
        "PUNCT 4 punct", "VERB 0 root",
    ]  # fmt: skip
    assert mended(*words)[6] == (4, "nmod")
    # “Ode, the founder, of Orva left”: behind a mark it may be Ode's.
    apart = [
        "PROPN 8 nsubj", "PUNCT 4 punct", "DET 4 det", "NOUN 1 appos", "PUNCT 4 punct", "ADP 7 case", "PROPN 1 nmod",
        "VERB 0 root",
    ]  # fmt: skip
    assert mended(*apart)[6] == (1, "nmod")


@pytest.mark.parametrize(("joined", "head"), [("CCONJ 3 cc", 3), ("ADV 3 advmod", 1)])
def test_what_is_said_of_a_lists_last_name_hangs_on_it(joined, head):
    # “Ode and Brandt, a banker, left”
    found = mended(
        "PROPN 8 nsubj", joined, "PROPN 1 conj", "PUNCT 6 punct", "DET 6 det", "NOUN 1 conj", "PUNCT 1 punct",
        "VERB 0 root",
    )  # fmt: skip
    assert found[5][0] == head
