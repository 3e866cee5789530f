"""Pairing of quotation marks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.model import Paragraph
from annotator.quotes import find_quotes, joined


def laid_out(*blocks, kind="body"):
    text, paragraphs = "", []
    for block in blocks:
        text += "\n\n" if text else ""
        paragraphs.append(Paragraph(len(text), len(text) + len(block), kind))
        text += block
    return text, paragraphs


def quoted(*blocks):
    text, paragraphs = laid_out(*blocks)
    return [q.span.of(text) for q in find_quotes(text, paragraphs)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('"We go," Ode said. "Now."', ['"We go,"', '"Now."']),
        ("“We go,” Ode said.", ["“We go,”"]),
        ("``We go,'' Ode said.", ["``We go,''"]),
        ("«We go», Ode said.", ["«We go»"]),
        ("„We go“, Ode said.", ["„We go“"]),
        ("‘We go,’ Ode said, ‘or don’t we?’", ["‘We go,’", "‘or don’t we?’"]),
        ('(“yes”)—"no"—', ["“yes”", '"no"']),
    ],
)
def test_each_kind_of_mark_pairs(text, found):
    assert quoted(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            '"The harbour is ours,” said Ode. “And stays so," he added.',
            ['"The harbour is ours,”', '“And stays so,"'],
        ),
        ("“The harbour is ours,'' said Ode.", ["“The harbour is ours,''"]),
        ("”The harbour is ours,” said Ode.", ["”The harbour is ours,”"]),
    ],
)
def test_marks_of_different_shapes_pair(text, found):
    assert quoted(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("“He told me ‘no way’ and left,” Ode said.", ["“He told me ‘no way’ and left,”", "‘no way’"]),
        ('Ode said "she said "no" twice" again.', ['"she said "no" twice"', '"no"']),
        ("\"'Never,' was his word,\" Ode said.", ["\"'Never,' was his word,\"", "'Never,'"]),
        ("Ode wants “peace, “real” peace”.", ["“peace, “real” peace”", "“real”"]),
    ],
)
def test_a_quotation_inside_a_quotation_is_deeper(text, found):
    body, paragraphs = laid_out(text)
    quotes = find_quotes(body, paragraphs)
    assert [q.span.of(body) for q in quotes] == found
    assert [q.depth for q in quotes] == [0, 1]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # Some papers part the marks of two quotations that begin or end together.
        ('"It is a \'farce,\' " Ode said. "Go home."', ["\"It is a 'farce,' \"", "'farce,'", '"Go home."']),
        ("Ode said: \" 'Run,' he called.\" Lund ran.", ["\" 'Run,' he called.\"", "'Run,'"]),
        ("“It is a ‘farce,’ ” Ode said. “Go home.”", ["“It is a ‘farce,’ ”", "‘farce,’", "“Go home.”"]),
        ('The drivers\' "demands" were met.', ['"demands"']),
        # And here and there a space is lost.
        ('"It will fall,"Ode said. "It is old."', ['"It will fall,"', '"It is old."']),
        ('Ode said,"It will fall." Lund nodded.', ['"It will fall."']),
    ],
)
def test_a_space_too_many_or_too_few_beside_a_mark(text, found):
    assert quoted(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "Workers' and drivers' unions don't agree, it's said.",
        "The '90s and rock 'n' roll, ’til dawn.",
        "Ode, 6'2\" tall, didn’t answer.",
        'Empty "" marks and a lone \'',
    ],
)
def test_apostrophes_and_inches_are_no_quotations(text):
    assert quoted(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("'The drivers' demands' were met.", ["'The drivers' demands'"]),
        ("Ode said 'I don't know' of the workers' plan.", ["'I don't know'"]),
        ("Harbour's 'Night boat' sold", ["'Night boat'"]),
    ],
)
def test_single_marks_among_apostrophes(text, found):
    assert quoted(text) == found


def test_an_unclosed_mark_runs_to_the_end_of_its_paragraph_only():
    assert quoted("Ode said: “We go.  ", "The boat left.") == ["“We go."]


def test_an_unclosed_mark_stops_before_the_next_quoted_sentence():
    found = quoted('"We are ready, Ode said. "We always were," she added.')
    assert found == ['"We are ready, Ode said.', '"We always were,"']


def test_a_missing_opening_mark_is_at_the_start_of_the_paragraph():
    text, paragraphs = laid_out('We will go," Ode said.')
    (quote,) = find_quotes(text, paragraphs)
    assert quote.span.of(text) == 'We will go,"'
    assert (quote.opened, quote.closed) == (False, True)


def test_a_quotation_of_several_paragraphs_goes_on():
    text, paragraphs = laid_out("“We go.", "“We come back.", "“We stay,” Ode said.", "“Now.”")
    quotes = find_quotes(text, paragraphs)
    assert [q.continues for q in quotes] == [False, True, True, False]
    assert [q.closed for q in quotes] == [False, False, True, True]
    assert [len(g) for g in joined(text, quotes)] == [3, 1]


def test_british_single_marks_go_on_over_paragraphs_too():
    text, paragraphs = laid_out("‘We go.", "‘We come back,’ Ode said.")
    assert [q.continues for q in find_quotes(text, paragraphs)] == [False, True]


@pytest.mark.parametrize("kind", ["caption", "teaser", "repeat", "boilerplate"])
def test_page_furniture_has_no_quotations(kind):
    text, paragraphs = laid_out("“We go,” Ode said.", kind=kind)
    assert find_quotes(text, paragraphs) == ()


@given(st.lists(st.text(alphabet="ab s.,\n“”\"'‘’«»`—", min_size=1, max_size=40), min_size=1, max_size=4))
def test_quotations_stay_in_their_paragraph_and_nest_properly(blocks):
    text, paragraphs = laid_out(*blocks)
    quotes = find_quotes(text, paragraphs)
    for q in quotes:
        assert any(q.span in p.span for p in paragraphs)
        assert q.span.of(text).strip()
        assert q.span.of(text) == q.span.of(text).strip()
    for q in quotes:
        for o in quotes:
            assert not q.span.overlaps(o.span) or q.span in o.span or o.span in q.span


@given(st.text(alphabet="abc de,.", min_size=1, max_size=30), st.sampled_from(["“”", '""', "«»"]))
def test_whatever_stands_between_two_marks_is_found(inside, marks):
    inside = "x" + inside.strip() + "y"
    assert quoted(f"Ode: {marks[0]}{inside}{marks[1]} today") == [f"{marks[0]}{inside}{marks[1]}"]
