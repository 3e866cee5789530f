"""What sentences are learned from: raw text and news-like copies of a treebank."""

from __future__ import annotations

import random
from importlib import import_module
from pathlib import Path

import pytest

TRAINING = Path(__file__).parents[1] / "training"
CONLLU = """\
# newdoc id = one
# newpar
1\t"\t"\tPUNCT\t``\t_\t4\tpunct\t_\tSpaceAfter=No
2-3\tWe'll\t_\t_\t_\t_\t_\t_\t_\t_
2\tWe\twe\tPRON\tPRP\t_\t4\tnsubj\t_\t_
3\t'll\twill\tAUX\tMD\t_\t4\taux\t_\t_
4\twait\twait\tVERB\tVB\t_\t0\troot\t_\tSpaceAfter=No
5\t.\t.\tPUNCT\t.\t_\t4\tpunct\t_\tSpaceAfter=No
6\t"\t"\tPUNCT\t''\t_\t4\tpunct\t_\t_

1\tOde\tOde\tPROPN\tNNP\t_\t2\tnsubj\t_\t_
2\tleft\tleave\tVERB\tVBD\t_\t0\troot\t_\tSpaceAfter=No
2.1\tleft\tleave\tVERB\tVBD\t_\t_\t_\t_\t_
3\t.\t.\tPUNCT\t.\t_\t2\tpunct\t_\t_

# newpar
1\tNobody\tnobody\tPRON\tNN\t_\t2\tnsubj\t_\t_
2\tknew\tknow\tVERB\tVBD\t_\t0\troot\t_\tSpaceAfter=No
3\t.\t.\tPUNCT\t.\t_\t2\tpunct\t_\t_
"""


@pytest.fixture
def recipes(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(TRAINING))
    treebank, data = import_module("treebank"), import_module("newslike")
    (tmp_path / "en_own-ud-train.conllu").write_text(CONLLU, encoding="utf8")
    return treebank, data, treebank.ud_file(tmp_path, "train")


def dice(seed):
    return random.Random(seed)  # noqa: S311 - it shuffles sample sentences


def test_raw_text_has_the_treebanks_spaces_and_paragraphs(recipes):
    treebank, _, path = recipes
    assert treebank.raw_text(treebank.paragraphs(path)) == '"We\'ll wait." Ode left.\n\nNobody knew.\n'


@pytest.mark.parametrize("seed", range(40))
def test_newslike_copies_keep_sentences_and_words(recipes, seed):
    treebank, data, path = recipes
    for paragraph in data.copies(treebank.paragraphs(path), share=1.0, seed=seed):
        assert all(paragraph)
        assert all("".join(t.words) == t.text for s in paragraph for t in s if t.contracted)
    (text,) = data.newslike_texts(path, share=1.0, seed=seed)
    words = text.words
    assert len(words.words) == len(words.paragraph_starts) == len(words.sentence_starts)
    assert sum(words.sentence_starts) >= sum(words.paragraph_starts) >= 2
    assert all(s for s, p in zip(words.sentence_starts, words.paragraph_starts, strict=True) if p)


def test_marks_change_by_the_side_they_are_glued_to(recipes):
    treebank, data, path = recipes
    sentence = treebank.paragraphs(path)[0][0]
    seen = {treebank.written([data.curly(sentence, dice(seed))]) for seed in range(60)}
    assert "“We’ll wait.”" in seen
    assert "``We'll wait.''" in seen
    assert not any(text.startswith("”") or text.endswith("“") for text in seen)


def test_a_run_in_quotes_closes_with_its_last_sentence(recipes):
    treebank, data, path = recipes
    plain = treebank.paragraphs(path)[1]
    run = data.quoted_run([*plain, *plain, *plain], dice(4))
    assert [len(sentence) for sentence in run] == [len(plain[0]) + 1, len(plain[0]), len(plain[0]) + 1]
    assert (run[0][0].text, run[-1][-1].text) in data.PAIRS


def test_a_folder_without_the_file_stops_with_one_line(recipes, tmp_path):
    with pytest.raises(SystemExit, match="expected one"):
        recipes[0].ud_file(tmp_path, "dev")
