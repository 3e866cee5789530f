from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.errors import BadAnnotation
from annotator.metrics import PRF, Share, b_cubed, score, trimmed
from annotator.model import Annotation, Attribution, Entity, EntityMention, Producer, Span, sha256_of

TEXT = "“The quay is closed,” said Mira Lund. The board denied that it knew. Reportedly the crane fell."
KEEPER = Producer("person", "keeper")


def at(words, text=TEXT):
    start = text.index(words)
    return Span(start, start + len(words))


def attribution(id_, content, cue=(), source=(), **values):
    pieces = {"content": content, "cue": cue, "source": source}
    return Attribution(
        id=id_, **{role: tuple(at(w) for w in words) for role, words in pieces.items()}, **values
    )


CLOSED = attribution(
    "a", ["“The quay is closed,”"], ["said"], ["Mira Lund"], quote_type="direct", source_kind="person"
)
KNEW = attribution("b", ["that it knew"], ["denied"], ["The board"], act="denial", source_kind="organization")
FELL = attribution("c", ["the crane fell"], ["Reportedly"], act="evidential")


def annotation(*attributions, entities=(), text=TEXT, id_="quay"):
    return Annotation(id_, sha256_of(text), "gold", KEEPER, attributions, tuple(entities))


def compare(gold, predicted):
    return score([(TEXT, annotation(*gold))], [annotation(*predicted)])


def test_the_gold_against_itself_is_perfect():
    gold = [CLOSED, KNEW, FELL]
    figures = compare(gold, [replace(a, score=1.0) for a in gold]).as_dict()
    assert figures.pop("ece") == 0
    zero = {name for name, value in figures.items() if value != 1}
    # There are no mixed ones, none inside another, no entities and no parents to be right about.
    counted = {f"{name}.{x}" for name in ("entities", "shared_mentions", "about") for x in "prf"}
    assert zero == {"found.mixed.r", "found.nested.r", "parent", "speakers", "metonyms"} | counted


def test_edge_punctuation_does_not_count_but_a_word_does():
    bare = replace(CLOSED, content=(at("The quay is closed"),))
    scores = compare([CLOSED], [bare])
    assert scores.exact["content"] == PRF(1, 1, 1)
    shorter = replace(CLOSED, content=(at("quay is closed"),))
    scores = compare([CLOSED], [shorter])
    assert scores.exact["content"].f == 0
    assert scores.overlap["content"].f == 1
    assert (scores.token["content"].p, scores.token["content"].r) == (1, 0.75)
    assert scores.triple.right == 0
    assert scores.found.f == 1


@pytest.mark.parametrize(
    ("text", "words", "left"),
    [
        ("“Go,” he said", "“Go,”", "Go"),
        ("cost ($4bn), it said", "($4bn),", "$4bn"),
        ("rose 12%. He", "12%.", "12%"),
        ("the firm's", "the firm's", "the firm's"),
    ],
)
def test_what_stays_of_a_span(text, words, left):
    assert trimmed(text, at(words, text)).of(text) == left


def test_a_span_of_punctuation_alone_is_no_fragment():
    assert trimmed("yes — no", Span(4, 5)) is None
    scores = compare([CLOSED], [CLOSED, replace(KNEW, source=(Span(0, 1),))])
    assert scores.exact["source"] == PRF(1, 1, 1)


def test_spans_that_only_touch_do_not_overlap():
    left, right = (
        replace(KNEW, content=(at("that it"),)),
        replace(KNEW, content=(Span(at("that it").end, at("knew").end),)),
    )
    scores = compare([left], [right])
    assert scores.overlap["content"].right == 0
    assert scores.found.right == 0


def test_one_long_prediction_overlaps_one_gold_only():
    whole = replace(KNEW, content=(Span(at("“The quay").start, at("fell").end),))
    scores = compare([CLOSED, KNEW, FELL], [whole])
    assert scores.overlap["content"] == PRF(1, 1, 3)
    assert scores.token["content"].r == 1


def test_a_source_that_two_attributions_share_counts_once():
    twice = [CLOSED, replace(FELL, source=CLOSED.source)]
    assert compare(twice, [CLOSED]).exact["source"] == PRF(1, 1, 1)


def test_found_wants_half_of_the_words():
    # "that it knew" and "board denied that it knew": 3 of 5 words; with "The" and "closed" around, 3 of 8.
    wider = replace(KNEW, content=(at("board denied that it knew"),))
    assert compare([KNEW], [wider]).found == PRF(1, 1, 1)
    too_wide = replace(KNEW, content=(Span(at("said Mira").start, at("knew").end),))
    assert compare([KNEW], [too_wide]).found == PRF(0, 1, 1)


def test_a_missing_and_an_invented_attribution_lower_recall_and_precision():
    scores = compare([CLOSED, KNEW, FELL], [CLOSED, KNEW])
    assert (scores.found.p, scores.found.r, scores.found.f) == (1, pytest.approx(2 / 3), pytest.approx(0.8))
    scores = compare([CLOSED], [CLOSED, KNEW, FELL])
    assert (scores.found.p, scores.found.r) == (pytest.approx(1 / 3), 1)
    assert {k: (s.right, s.n) for k, s in scores.by_quote_type.items()} == {
        "direct": (1, 1),
        "mixed": (0, 0),
        "indirect": (0, 0),
    }


def test_how_many_of_the_nested_are_found_is_told():
    inside = replace(FELL, parent=KNEW.id)
    assert compare([CLOSED, KNEW, inside], [CLOSED, KNEW]).nested == Share(0, 1)
    assert compare([CLOSED, KNEW, inside], [CLOSED, FELL]).nested == Share(1, 1)
    assert compare([CLOSED, KNEW, inside], []).as_dict()["found.nested.r"] == 0


def test_the_best_partner_is_taken_first():
    near = replace(KNEW, id="x", content=(at("that it"),), source=())
    exact = replace(KNEW, id="y")
    for order in ([near, exact], [exact, near]):
        scores = compare([KNEW], order)
        assert scores.source_right.value == 1
        assert scores.triple == PRF(1, 2, 1)


def test_of_equal_contents_the_one_with_the_right_cue_is_the_partner():
    asked = replace(KNEW, id="x", cue=(at("said"),), source=(at("Mira Lund"),))
    for order in ([asked, KNEW], [KNEW, asked]):
        assert compare([KNEW], order).source_right.value == 1


def test_a_source_is_right_if_it_shares_a_word():
    wider = replace(CLOSED, source=(at("said Mira Lund"),))
    wrong = replace(CLOSED, source=(at("The board"),))
    none = replace(CLOSED, source=())
    assert [compare([CLOSED], [a]).source_right.value for a in (wider, wrong, none)] == [1, 0, 0]


def test_no_source_is_scored_among_what_was_found():
    invented = replace(FELL, source=(at("The board"),))
    forgotten = replace(CLOSED, source=())
    scores = compare([CLOSED, FELL], [forgotten, invented])
    assert scores.no_source == PRF(0, 1, 1)
    scores = compare([CLOSED, FELL], [forgotten, FELL])
    assert (scores.no_source.p, scores.no_source.r) == (0.5, 1)


def test_values_are_compared_where_the_attribution_was_found():
    other = replace(KNEW, act="statement", attitude="belief")
    scores = compare([CLOSED, KNEW, FELL], [CLOSED, other])
    right = {name: (share.right, share.n) for name, share in scores.attributes.items()}
    assert right == {
        "quote_type": (2, 2),
        "act": (1, 2),
        "attitude": (1, 2),
        "source_kind": (2, 2),
        "parent": (0, 0),
    }


@pytest.mark.parametrize(
    ("gold_parent", "predicted_parent", "right", "n"),
    [("a", "p", 1, 1), ("a", "r", 0, 1), ("a", None, 0, 1), (None, "p", 0, 1), (None, None, 0, 0)],
)
def test_a_parent_is_right_if_it_is_the_same_attribution_whatever_its_id(
    gold_parent, predicted_parent, right, n
):
    gold = [CLOSED, replace(KNEW, parent=gold_parent), FELL]
    predicted = [
        replace(CLOSED, id="p"),
        replace(KNEW, id="q", parent=predicted_parent),
        replace(FELL, id="r"),
    ]
    parents = compare(gold, predicted).attributes["parent"]
    assert (parents.right, parents.n) == (right, n)


def test_calibration_compares_scores_with_what_is_right():
    sure = compare([CLOSED], [replace(CLOSED, score=1.0), replace(KNEW, score=1.0)])
    assert sure.ece == pytest.approx(0.5)
    honest = compare([CLOSED], [replace(CLOSED, score=1.0), replace(KNEW, score=0.0)])
    assert honest.ece == pytest.approx(0)
    wrong_source = compare([CLOSED], [replace(CLOSED, score=1.0, source=())])
    assert wrong_source.ece == pytest.approx(1)
    assert compare([CLOSED], [CLOSED]).ece is None
    assert "ece" not in compare([CLOSED], [CLOSED]).as_dict()


def entity(id_, *words):
    mentions = tuple(EntityMention(s.start, s.end, "name") for s in map(at, words))
    return Entity(id_, words[0], "person", mentions)


def test_entities_by_b_cubed():
    # Gold {Mira Lund, The board} {it}; predicted {Mira Lund} {The board, it}: by hand, mention by mention.
    gold = annotation(entities=[entity("g", "Mira Lund", "The board"), entity("h", "it knew")])
    predicted = annotation(entities=[entity("x", "Mira Lund"), entity("y", "The board", "it knew")])
    entities = score([(TEXT, gold)], [predicted]).entities
    assert entities.p == pytest.approx((1 + 1 / 2 + 1 / 2) / 3)
    assert entities.r == pytest.approx((1 / 2 + 1 / 2 + 1) / 3)
    extra = annotation(entities=[*predicted.entities, entity("z", "crane")])
    assert score([(TEXT, gold)], [extra]).entities.p == pytest.approx((1 + 1 / 2 + 1 / 2 + 0) / 4)


def test_a_story_without_a_prediction_counts_and_one_without_gold_does_not():
    gold = [(TEXT, annotation(CLOSED)), (TEXT, annotation(KNEW, id_="other"))]
    stray = annotation(FELL, id_="stray")
    scores = score(gold, [annotation(CLOSED), stray])
    assert scores.documents == 2
    assert scores.found == PRF(1, 1, 2)


def test_counts_are_summed_over_stories_before_shares_are_taken():
    gold = [(TEXT, annotation(CLOSED, KNEW, FELL)), (TEXT, annotation(CLOSED, id_="other"))]
    predicted = [annotation(CLOSED), annotation(KNEW, id_="other")]
    assert score(gold, predicted).found == PRF(1, 2, 4)


def test_another_text_and_a_second_prediction_are_refused():
    with pytest.raises(BadAnnotation, match="quay: the gold annotation is of another text"):
        score([(TEXT, replace(annotation(), text_sha256=sha256_of("else")))], [])
    with pytest.raises(BadAnnotation, match="quay: predicted twice"):
        score([(TEXT, annotation())], [annotation(), annotation()])


def test_nothing_at_all_gives_zeros():
    figures = compare([], []).as_dict()
    assert set(figures.values()) == {0}


spans = st.tuples(st.integers(0, len(TEXT) - 1), st.integers(1, 30)).map(
    lambda p: Span(p[0], min(len(TEXT), p[0] + p[1]))
)
attributions = st.lists(
    st.builds(
        lambda s, c, t: Attribution("x", content=(t,), cue=c, source=s),
        st.lists(spans, max_size=1).map(tuple),
        st.lists(spans, max_size=1).map(tuple),
        spans,
    ),
    max_size=5,
).map(lambda found: [replace(a, id=f"a{i}") for i, a in enumerate(found)])


@given(attributions, attributions)
def test_figures_are_shares_and_swapping_the_sides_swaps_precision_and_recall(one, other):
    there, back = compare(one, other), compare(other, one)
    assert all(0 <= value <= 1 for value in there.as_dict().values())
    for role in ("source", "cue", "content"):
        for kind in ("exact", "token"):
            a, b = getattr(there, kind)[role], getattr(back, kind)[role]
            assert (a.p, a.r) == (b.r, b.p)
        assert there.exact[role].right <= there.overlap[role].right


def test_b_cubed_of_bagga_and_baldwin_s_example():
    """Their figures: of twelve mentions in clusters of 5, 2 and 5, joining the small ones costs recall nothing."""

    def clusters(*groups):
        return {m: frozenset(group) for group in groups for m in group}

    truth = clusters(range(5), (5, 6), range(7, 12))
    joined_small = b_cubed(truth, clusters(range(5), range(5, 12)))
    joined_large = b_cubed(truth, clusters((*range(5), *range(7, 12)), (5, 6)))
    assert (joined_small.p, joined_small.r) == (pytest.approx(16 / 21), 1)
    assert (joined_large.p, joined_large.r) == (pytest.approx(7 / 12), 1)


def test_speakers_about_and_places_that_stand_for_others():
    place = replace(entity("g", "The board"), kind="place", stands_for="the company")
    person = entity("h", "Mira Lund")
    said = replace(KNEW, speaker_ids=("g",), about_ids=("h",))
    gold = annotation(said, entities=[place, person])
    other = [replace(place, id="x"), replace(person, id="y")]
    same = annotation(replace(said, speaker_ids=("x",), about_ids=("y",)), entities=other)
    scores = score([(TEXT, gold)], [same])
    assert (scores.speakers.value, scores.about.f, scores.metonyms.value) == (1, 1, 1)
    other[0] = replace(other[0], stands_for=None)
    wrong = annotation(replace(said, speaker_ids=("y", "x"), about_ids=()), entities=other)
    scores = score([(TEXT, gold)], [wrong])
    assert (scores.speakers.value, scores.about.r, scores.metonyms.value) == (0, 0, 0)
