"""Block quotations without marks, text to reports by the shipped models."""

import pytest


@pytest.fixture(scope="module")
def reports(shipped):
    def found(text):
        document, annotation = shipped.annotate_text(text)
        shown = []
        for a in annotation.attributions:
            spans = [" ".join(s.of(document.text) for s in part) for part in (a.source, a.cue, a.content)]
            shown.append((*spans, a.quote_type))
        return shown

    return found


@pytest.mark.parametrize(
    ("text", "report"),
    [
        (
            "Ode wrote on her page on Monday:\n\nWe will not be moved. The mill stays.\n\nNobody replied.",
            ("Ode", "wrote", "We will not be moved. The mill stays", "indirect"),
        ),
        (
            "In a statement, the ferry company said:\n\nWe regret the delay.\n\nShares fell by two percent.",
            ("the ferry company", "said", "We regret the delay", "indirect"),
        ),
        (
            "The letter reads:\n\nDear parents, the school will close in May.\n\nMany were shocked.",
            ("The letter", "reads", "Dear parents, the school will close in May", "indirect"),
        ),
        (
            "Lund laughed, and later tweeted:\n\nGreat evening with the crew. More to come!",
            ("Lund", "later tweeted", "Great evening with the crew. More to come!", "indirect"),
        ),
    ],
)
def test_a_paragraph_that_a_verb_of_speech_announces_is_reported(reports, text, report):
    assert report in reports(text)


@pytest.mark.parametrize(
    ("text", "block"),
    [
        # What is listed, done or promised is not said.
        ("The mayor listed three towns:\n\nOrva is the oldest of them.", "Orva is the oldest"),
        ("Ode bought what she needed:\n\nThe rope was short and wet.", "The rope was short"),
        # A point of a list, and another's turn to speak.
        ("The mayor said:\n\n- the bridge is to be closed", "the bridge is to be"),
        ("The clerk said:\n\nMR LUND: I was at home that night.", "MR LUND: I"),
        # Nobody says what somebody is told.
        ("The crew were told:\n\nThe boat is at the pier and the sea is rough.", "The boat is at the pier"),
        ("Ode wrote a letter.\n\nThe mill stays open in May.", "The mill stays"),
    ],
)
def test_other_paragraphs_are_not(reports, text, block):
    assert not any(cue and content.startswith(block) for _, cue, content, _ in reports(text))


def test_a_quotation_in_marks_stays_one(reports):
    text = "Ode said:\n\n“We will not be moved. The mill stays.”\n\nNobody replied."
    assert [kind for *_, kind in reports(text)] == ["direct"]
