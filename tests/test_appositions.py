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
