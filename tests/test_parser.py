"""Real Stanza over the bundled folder: offsets, paragraphs, names, trees, reports; the door to official models."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from annotator.analysis import Token
from annotator.encoder import HIDDEN
from annotator.errors import BadArgument, ModelMissing
from annotator.model import Document, Paragraph
from annotator.parser import Parser, _with_apposition, conllu, official, processors
from annotator.parser.heads import MARKS, Reading, SyntaxHeads, best_heads, marks_before, parse, tag_words
from annotator.reader import prepare

STORY = (
    "Ferry will not sail, board says\n\n"
    "The harbour board said on Monday that the ferry wouldn’t sail 🚢 before May.\n"
    "“Nobody told us,” said Lena Harbst, the mayor of Odden.\n\n"
    "Share this story\n\n"
    "She accused Norlund Shipping of hiding a letter."
)


@pytest.fixture(scope="module")
def parser():
    return Parser()


@pytest.fixture(scope="module")
def analysis(parser):
    (found,) = parser.parse([prepare("ferry", STORY)])
    return found


@pytest.mark.models
def test_every_token_stands_where_its_offsets_say(analysis):
    for token in analysis.tokens:
        shown = STORY[token.start : token.end]
        assert shown
        assert shown == shown.strip()
        assert token.text == shown or len(shown) > len(token.text)
    starts = [t.start for t in analysis.tokens]
    assert starts == sorted(starts)


@pytest.mark.models
def test_contractions_are_two_words_with_their_own_places(analysis):
    words = [t.text for t in analysis.tokens]
    at = words.index("would")
    assert words[at + 1] == "n’t"
    assert analysis.tokens[at].end == analysis.tokens[at + 1].start


@pytest.mark.models
def test_furniture_is_not_parsed_and_no_sentence_runs_over_a_paragraph(analysis):
    assert "Share" not in [t.text for t in analysis.tokens]
    assert not any("\n" in STORY[s.start : s.end] for s in analysis.sentences)
    assert len(analysis.sentences) >= 4


@pytest.mark.models
def test_every_sentence_is_a_tree_with_one_root(analysis):
    for sentence in analysis.sentences:
        inside = range(sentence.first, sentence.last)
        assert sum(analysis.tokens[i].head == -1 for i in inside) == 1
        for i in inside:
            seen = set()
            while i != -1:
                assert i in inside
                assert i not in seen
                seen.add(i)
                i = analysis.tokens[i].head  # noqa: PLW2901 - climbing to the root


@pytest.mark.models
def test_names_and_reports_are_found(analysis):
    assert ("person", "Lena Harbst") in {(m.kind, m.span.of(STORY)) for m in analysis.mentions}
    said = {
        (a.cue.of(STORY) if a.cue else None, a.source.of(STORY) if a.source else None)
        for a in analysis.learned
    }
    assert {("says", "board"), ("accused", "She")} <= said
    assert all(0 <= a.score <= 1 and 0 <= a.no_source_score <= 1 for a in analysis.learned)


@pytest.mark.models
def test_a_batch_is_encoded_once_and_gives_what_its_documents_give_alone(parser, monkeypatch):
    calls = []
    real = processors.encode
    monkeypatch.setattr(processors, "encode", lambda *a, **k: calls.append(len(a[2])) or real(*a, **k))
    documents = [
        prepare("ferry", STORY),
        prepare("rain", "It rained, the minister of Lund said. No one was hurt."),
    ]
    together = parser.parse(documents)
    assert calls == [2]
    alone = [parser.parse([d])[0] for d in documents]
    assert [[t.head for t in a.tokens] for a in together] == [[t.head for t in a.tokens] for a in alone]
    assert [[x.cue for x in a.learned] for a in together] == [[x.cue for x in a.learned] for a in alone]


@pytest.mark.models
def test_an_ordinary_stanza_pipeline_gives_attributions():
    stanza = pytest.importorskip("stanza")
    nlp = stanza.Pipeline(
        "en", dir=str(processors.MODELS), download_method=None, use_gpu=False, logging_level="ERROR"
    )
    doc = nlp("The union said the talks had failed.")
    (found,) = doc.attributions
    assert found.source.of(doc.text) == "The union"
    assert [w.upos for w in doc.sentences[0].words][:3] == ["DET", "NOUN", "VERB"]


@pytest.mark.models
def test_a_text_without_a_readable_paragraph_is_empty_and_not_wrong(parser):
    furniture = Document("f", "Share this", paragraphs=(Paragraph(0, 10, "boilerplate"),))
    (found,) = parser.parse([furniture])
    assert (found.tokens, found.learned) == ((), ())


@pytest.mark.models
def test_conllu_keeps_the_offsets_of_the_story(parser):
    document = prepare("ferry", STORY)
    ((_, tree),) = parser.parse_with_trees([document])
    at = STORY.index("accused")
    assert f"start_char={at}|end_char={at + 7}" in conllu(tree)


@pytest.mark.models
@pytest.mark.parametrize(("options", "part"), [({"models": "large"}, "large"), ({"threads": 0}, "threads")])
def test_unknown_options_stop_at_once(options, part):
    with pytest.raises(BadArgument, match=part):
        Parser(**options)


@given(
    st.integers(1, 9).flatmap(
        lambda n: st.lists(
            st.lists(st.floats(-9, 0), min_size=n + 1, max_size=n + 1), min_size=n + 1, max_size=n + 1
        )
    )
)
def test_heads_are_always_a_tree_with_one_root(rows):
    heads = best_heads(np.array(rows, dtype=np.float32))
    assert heads.count(0) == 1
    for child in range(1, len(rows)):
        node, steps = child, 0
        while node:
            node, steps = heads[node - 1], steps + 1
            assert steps <= len(heads)


def test_official_models_that_were_not_fetched_are_asked_for_by_their_command(tmp_path):
    with pytest.raises(ModelMissing, match="annotator models download"):
        official.pipeline(where=tmp_path)


def test_a_download_asks_for_stanzas_list_and_says_clearly_that_there_is_none(tmp_path):
    asked = []

    class Nothing(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Nothing)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    with pytest.raises(ModelMissing, match="could not be fetched"):
        official.download(tmp_path, url=f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()
    assert asked
    assert all(path.startswith("/resources_") for path in asked)
    with pytest.raises(ModelMissing, match="there must be a network"):
        official.download(tmp_path, url=f"http://127.0.0.1:{server.server_port}")


def before_last(text):
    words = text.split()
    return marks_before(words, [True, *[False] * (len(words) - 1)])[-1]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Fares fell . The", "Jobs went . Nobody", True),
        ("Fares fell . The", "Fares fell . the", False),
        ("Fares fell . The", "Fares fell , The", False),
        ("Ask Mrs. Brandt", "Fares fell . Brandt", False),
        ('" Fares fell . " The', "“ Fares fell . ” The", True),
        ('Fares fell . " The', '" Fares fell . " The', False),
        ("'' Go . '' She", "“ Go . ” She", True),
        ("( Fares fell . ) The", "Fares fell . The", False),
        ("Fares fell ? The", "Fares fell ! The", True),
    ],
)
def test_marks_before_a_word(one, other, same):
    assert (before_last(one) == before_last(other)) is same


@given(st.lists(st.tuples(st.text(min_size=1, max_size=3), st.booleans()), max_size=30))
def test_every_word_has_a_kind_of_marks(rows):
    found = marks_before([w for w, _ in rows], [new for _, new in rows])
    assert len(found) == len(rows)
    assert all(0 <= kind < MARKS for kind in found)


@pytest.mark.skipif(importlib.util.find_spec("transformers") is None, reason="transformers is not installed")
def test_a_start_does_not_pay_for_what_only_stanzas_trainers_need():
    code = "import sys, annotator.parser; assert 'transformers' not in sys.modules; import transformers"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parent.parent)


@pytest.mark.parametrize(
    ("second", "head"), [("PROPN", 1), ("NOUN", 4)], ids=["a name", "another noun, parted by mistake"]
)
def test_a_second_subject_after_a_comma_is_an_apposition_if_it_is_a_name(second, head):
    words = [("His", "PRON", 1, "nmod:poss"), ("wife", "NOUN", 4, "nsubj"), (",", "PUNCT", 4, "punct")]
    words += [("Ana", second, 4, "nsubj"), ("said", "VERB", -1, "root")]
    tokens = [
        Token(k * 10, k * 10 + len(w), w, w.lower(), upos, 7 + up if up >= 0 else -1, relation)
        for k, (w, upos, up, relation) in enumerate(words)
    ]
    mended = _with_apposition(tokens, 7)
    assert (mended[3].head, mended[3].deprel) == (7 + head, "appos" if head == 1 else "nsubj")
    assert [t.head for k, t in enumerate(mended) if k != 3] == [
        t.head for k, t in enumerate(tokens) if k != 3
    ]


@pytest.mark.parametrize(("mark", "head"), [("-", 4), (",", 3)])
def test_a_hyphen_makes_one_of_two_nouns_of_one_place(mark, head):
    # “The front-runner left”
    words = [("The", "DET", 3, "det"), ("front", "NOUN", 4, "nsubj"), (mark, "PUNCT", 1, "punct")]
    words += [("runner", "NOUN", 4, "nsubj"), ("left", "VERB", -1, "root")]
    tokens, at = [], 0
    for w, upos, up, relation in words:
        tokens.append(Token(at, at + len(w), w, w.lower(), upos, 7 + up if up >= 0 else -1, relation))
        at += len(w) + (w not in ("front", mark))
    mended = _with_apposition(tokens, 7)[1]
    assert (mended.head, mended.deprel) == ((10, "compound") if head == 4 else (11, "nsubj"))


def _random_heads():
    torch.manual_seed(3)
    values = {
        "upos": ["X", "NOUN", "VERB"],
        "xpos": ["a", "b"],
        "feats": ["_", "A=1"],
        "deprel": ["root", "obj", "det"],
    }
    heads = SyntaxHeads(values, relation=16)
    for weights in heads.parameters():
        torch.nn.init.normal_(weights, std=0.2)
    return heads.eval().requires_grad_(requires_grad=False)


@pytest.mark.parametrize("narrow", [False, True])
def test_reading_gives_what_the_heads_give_one_by_one(narrow):
    heads = _random_heads()
    sentences = [torch.randn(n, HIDDEN) for n in (5, 1, 9)]
    seen = torch.cat([heads.root[None], *sentences])
    reach = {"mixed": seen.abs().amax(0), "relation": heads.relation_head(seen).amax(0)} if narrow else None
    reading = Reading(heads, reach=reach)
    for sentence, tree in zip(sentences, parse(reading, sentences), strict=True):
        rows = heads.rows([sentence])
        scores = heads.arcs(rows, torch.tensor([len(sentence)])).log_softmax(-1)[0].numpy()
        named = heads.relations(rows[0, torch.tensor(tree.heads)], rows[0, 1:])
        named[torch.tensor(tree.heads) > 0, 0] = -1e4
        chosen = [heads.values["deprel"][i] for i in named.argmax(-1).tolist()]
        expected = ["root" if not h else r for h, r in zip(tree.heads, chosen, strict=True)]
        alike = sum(a == b for a, b in zip(tree.heads, best_heads(scores), strict=True))
        assert alike == len(sentence) or narrow
        assert tree.relations == expected or narrow
        assert tree.heads.count(0) == 1
    words = torch.cat(sentences)
    tags = tag_words(reading, words)
    alone = [heads.values["upos"][i] for i in heads.tags["upos"](words).argmax(-1).tolist()]
    assert sum(a == b for (a, _, _), b in zip(tags, alone, strict=True)) >= len(words) - narrow
