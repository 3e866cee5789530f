"""The gold of the stories is as compiled from its sources, holds together and shows every form."""

import importlib.util
import json
import re
import sys
from pathlib import Path

import pytest

from annotator import store
from annotator.errors import BadAnnotation
from annotator.model import READABLE, Document, Span

FOLDER = Path(__file__).parent / "gold"
SPEC = importlib.util.spec_from_file_location("gold_compile", FOLDER / "compile.py")
gold = importlib.util.module_from_spec(SPEC)
sys.modules["gold_compile"] = gold
SPEC.loader.exec_module(gold)

# Fewer than these and a form is no longer tried by the stories.
AT_LEAST = {
    "direct": 120,
    "mixed": 110,
    "indirect": 440,
    "verb": 450,
    "nominal": 45,
    "passive": 45,
    "prep": 35,
    "evidential": 30,
    "headline": 20,
    "colon": 50,
    "dash": 6,
    "bare": 5,
    "relative": 10,
    "forphrase": 14,
    "tweet": 6,
    "mismatched": 65,
    "unclosed": 15,
    "nested": 65,
    "no_source": 100,
    "no_cue": 40,
    "discontinuous": 50,
    "multi_paragraph": 25,
    "several_speakers": 8,
    "pronoun_source": 110,
}


@pytest.fixture(scope="module")
def stories():
    return gold.compile_all()


def test_what_is_committed_is_what_the_sources_say(stories):
    assert (gold.HERE / "gold.jsonl").read_text(encoding="utf-8") == gold.gold_text(stories)
    assert (FOLDER / "traps.json").read_text(encoding="utf-8") == gold.traps_text(stories)
    assert (FOLDER / "across.json").read_text(encoding="utf-8") == gold.across_text(stories, FOLDER)


def test_the_gold_loads_and_fits_its_stories():
    annotations = list(store.read_annotations(gold.HERE / "gold.jsonl"))
    assert len(annotations) == 47
    for annotation in annotations:
        store.check(annotation, gold.read_story(annotation.document_id))
        assert annotation.layer == "gold"


@pytest.mark.parametrize("part", ["practice", "kept"])
def test_the_stories_to_learn_and_choose_by_are_as_their_sources_say(part):
    folder = FOLDER / part
    stories = gold.compile_all(folder=folder)
    assert (folder / "gold.jsonl").read_text(encoding="utf-8") == gold.gold_text(stories)
    assert (folder / "traps.json").read_text(encoding="utf-8") == gold.traps_text(stories)


def test_every_story_has_gold_and_the_frozen_ones_exist():
    folders = (gold.SAMPLES, FOLDER / gold.STORIES)
    ids = {path.stem for folder in folders for path in folder.iterdir() if path.suffix in {".txt", ".html"}}
    assert {path.stem for path in FOLDER.glob("*.gold")} == ids
    frozen = (FOLDER / "README.md").read_text(encoding="utf-8").split("## Frozen")[1].split("## ")[0]
    assert len(set(re.findall(r"^- `(.+)`", frozen, flags=re.MULTILINE)) & ids) == 23


def test_stories_are_of_a_story_s_length(stories):
    for story in stories:
        words = gold.read_story(story.annotation.document_id).text.split()
        assert 190 <= len(words) <= 600


@pytest.mark.parametrize(("form", "least"), AT_LEAST.items())
def test_every_form_is_there(stories, form, least):
    assert gold.counts(stories)[form] >= least


def test_there_are_enough_attributions_of_every_act_and_attitude(stories):
    every = [a for story in stories for a in story.annotation.attributions]
    assert len(every) >= 700
    assert {a.act for a in every} == set(gold.ACTS)
    assert {a.attitude for a in every} == set(gold.ATTITUDES)
    assert {a.source_kind for a in every} == {
        "person",
        "organization",
        "place",
        "group",
        "document",
        "unspecified",
    }


def test_traps_of_every_kind_are_laid():
    traps = [t for story in json.loads((FOLDER / "traps.json").read_text()).values() for t in story]
    written = [trap for trap in traps if trap["why"] in gold.TRAPS.values()]
    assert {trap["why"] for trap in written} == set(gold.TRAPS.values())
    assert len(written) >= 120
    assert {"caption", "repeat", "teaser", "byline", "boilerplate", "advertising"} <= {
        t["why"] for t in traps
    }


def test_nothing_of_a_text_story_is_left_unwritten_in_its_source(stories):
    for story in stories:
        if not (gold.SAMPLES / f"{story.annotation.document_id}.html").exists():
            assert story.unmatched == ()


def test_a_story_s_text_is_made_from_its_source():
    for source in gold.read_sources():
        path = FOLDER / gold.STORIES / f"{source.id}.txt"
        if path.exists():
            assert path.read_text(encoding="utf-8") == gold.story_text(source)


def test_gold_reads_only_paragraphs_that_can_be_read(stories):
    for story in stories:
        readable = [span for span, kind in story.paragraphs if kind in READABLE]
        for attribution in story.annotation.attributions:
            for span in attribution.source + attribution.cue:
                assert any(span in paragraph for paragraph in readable)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("“Gone,” she said.", "mixed"),
        ("“Gone.", "direct"),
        ("that the bakers' oven is cold", "indirect"),
        ("the bakers' 'cold' oven", "mixed"),
        ("'nothing but crumbs'", "direct"),
        ("“They took ‘the lot’, didn't they?\"", "direct"),
        ("“One.\n\n“Two,”", "direct"),
        ("won't bake", "indirect"),
        ('"a" and "b"', "mixed"),
    ],
)
def test_quote_type_follows_from_the_marks(words, expected):
    assert gold.quote_type((Span(0, len(words)),), words) == expected


@pytest.mark.parametrize(
    ("words", "faults"),
    [
        ("“Gone.”", set()),
        ('“Gone."', {"mismatched"}),
        ('"Gone.”', {"mismatched"}),
        ("“Gone.", {"unclosed"}),
        ("“One.\n\n“Two.”", set()),
    ],
)
def test_faults_of_marks_are_seen(words, faults):
    assert gold.mark_faults((Span(0, len(words)),), words) == faults


GOOD = """=== text
{1s =pell|Pell} {1c|says} {1t|“no"}.

{!abstract|The numbers show it.}
=== entities
pell | person | Pell
=== attributions
1 | denial assertion | verb mismatched | by=pell
"""


def compiled(tmp_path, written, text='Pell says “no".\n\nThe numbers show it.\n'):
    path = tmp_path / "s.gold"
    path.write_text(written, encoding="utf-8")
    return gold.compile_story(gold.read_source(path), Document("s", text))


def test_a_small_source_compiles(tmp_path):
    story = compiled(tmp_path, GOOD)
    (attribution,) = story.annotation.attributions
    assert (attribution.source, attribution.cue, attribution.content) == (
        (Span(0, 4),),
        (Span(5, 9),),
        (Span(10, 14),),
    )
    assert (attribution.quote_type, attribution.act, attribution.source_kind) == (
        "direct",
        "denial",
        "person",
    )
    assert [trap.text for trap in story.traps] == ["The numbers show it."]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('{1t|“no"}', '{1t|“yes"}'),
        ('{1t|“no"}', '{2t|“no"}'),
        ('{1t|“no"}', '{1t|“no"'),
        ('{1t|“no"}', '{1t|“no"}}'),
        ("{1c|says}", "{1c|says }"),
        ("{1c|says}", "says"),
        ("verb mismatched", "verb"),
        ("verb mismatched", "shouted"),
        ("by=pell", "by=pell | to=rell"),
        (" | by=pell", ""),
        ("{1s =pell|Pell}", "{1s|Pell}"),
        ("pell | person | Pell", "pell | person | Bell"),
        ("The numbers show", "The {1t|numbers} show"),
        ("denial assertion", "denial guess"),
        ("pell | person", "pell | fish"),
        ("{!abstract|The", "@story {!abstract|The"),
    ],
)
def test_a_source_that_does_not_hold_together_is_refused(tmp_path, old, new):
    assert old in GOOD
    with pytest.raises((BadAnnotation, KeyError)):
        compiled(tmp_path, GOOD.replace(old, new))


def test_a_paragraph_that_may_be_missing_may_be_missing(tmp_path):
    story = compiled(tmp_path, GOOD.replace("=== text\n", "=== text\n@caption? Pell at the oven\n\n"))
    assert [kind for _, kind in story.paragraphs] == ["body", "body"]
