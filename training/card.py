"""Write the model card beside the weights, from the recipes and scores that training and measuring left.

python training/card.py
"""

from __future__ import annotations

import json
from pathlib import Path

SCORES = Path(__file__).parent / "scores"
MODELS = Path(__file__).parents[1] / "annotator" / "data" / "models"

HEAD = """# Model card

The models in this folder read English news. They mark sentences, words, lemmas, parts of speech, dependencies, names
(person, organisation, place), and who says what: source, cue and content of every attribution, with their links.

## What they are made from

- Tokenizer, contractions, lemmatizer: networks and trainers of Stanza (Apache-2.0).
- `joint`: MiniLM-L6-H384 (Apache-2.0; Wang and others 2020), trained further with all heads at once; float16.
- UD English EWT and the freely licensed genres of GUM (CC BY-SA 4.0): syntax.
- PolNeAR 1.0 (Newell and others 2018), US political news of 2015 and 2016: attributions.
- Names: what spaCy's small English model (MIT) finds in the same training texts.

## Licences, and what they mean for you

The weights come under the terms in `LICENSE-WEIGHTS.md`. In short: the code that trains and runs them is Apache-2.0.
UD's and GUM's licence is CC BY-SA 4.0: name them when you pass the weights on. PolNeAR states no licence, and its
stories are copyrighted by their publishers. No text of it is in these files; whether weights trained on such texts may
be used for every purpose differs from country to country, and nobody can grant you more than the corpus' authors did.
If that matters to you, train `joint` on annotations of your own: one command (training/README.md).

## What they are bad at

- Everything that is not news in English: fiction, chat, speech without punctuation.
- Nominal reports ("the suspicion that …") and contents that begin in another paragraph than their cue.
- PolNeAR is one country and one election year: verbs and genres that it lacks are rarer in the output.
- Names are learned from another model's output and repeat its mistakes (bodies named after places above all).
- Scores are no calibrated probabilities yet.
"""


def table(scores: dict[str, float]) -> str:
    return "\n".join(["| figure | value |", "|---|---|", *(f"| {k} | {v} |" for k, v in scores.items())])


def section(path: Path) -> str:
    found = json.loads(path.read_text(encoding="utf8"))
    parts = [f"## {path.stem}"]
    if "data" in found:
        parts.append(
            "\n".join(["Data (SHA-256):", "", *(f"- `{k}`: `{v}`" for k, v in found["data"].items())])
        )
    if "recipe" in found:
        recipe = found["recipe"]
        told = recipe if isinstance(recipe, str) else ", ".join(f"{k} {v}" for k, v in recipe.items())
        parts.append(f"Recipe: {told}" + (f"; seed {found['seed']}" if "seed" in found else ""))
    if found.get("scores"):
        parts.append(table(found["scores"]))
    return "\n\n".join(parts)


def main() -> None:
    sections = [section(p) for p in sorted(SCORES.glob("*.json"))]
    text = "\n\n".join([HEAD.strip(), *sections]) + "\n"
    (MODELS / "MODEL_CARD.md").write_text(text, encoding="utf8")
    print(MODELS / "MODEL_CARD.md")


if __name__ == "__main__":
    main()
