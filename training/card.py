"""Write the model card and its calibration plot beside the weights, from what training and measuring left.

python training/card.py
"""

from __future__ import annotations

import json
from pathlib import Path

ROOT = Path(__file__).parents[1]
SCORES = ROOT / "training" / "scores" / "joint.json"
GATE = ROOT / "tests" / "gate.json"
MODELS = ROOT / "annotator" / "data" / "models"

HEAD = """# Model card

The models in this folder read English news. They mark sentences, parts of speech, dependencies, names (person,
organisation, place), and who says what: source, cue and content of every attribution, with their links. Words are cut
by rule, lemmas come from a table of endings.

## What they are made from

- `joint`: five narrow layers, one position a word, with all heads; float16. They were cut out of a larger network (the
  elder, MiniLM-L6-H384 trained further; Apache-2.0; Wang and others 2020) and learned from the gold and from teachers:
  the elder, ten layers of all-mpnet-base-v2 (Apache-2.0; Song and others 2020) for attributions, then all twelve
  of them for everything, each trained on the same texts, and last, three times, twelve layers that had learned
  attributions from our own gold as well. None of these is shipped. Before the last stage two fifths of the attention
  heads and a quarter of the feed-forward units, those that told least, were taken out. The last stages heard these
  texts in other words, and texts that nobody marked as that teacher read them: 1,430 texts written for it by a language
  model (`training/stories/`), every third State of the Union address since 1934 (CC0) and LitBank's 80.
- UD English EWT and the freely licensed genres of GUM (CC BY-SA 4.0): sentences, syntax, the table of lemmas.
- PolNeAR 1.0 (Newell and others 2018), US political news of 2015 and 2016: attributions. GUM's clausal attributions
  (CC BY-SA 4.0): those of speeches, letters, talk and textbooks.
- Our own gold (`tests/gold/practice`): 592 stories marked by the guidelines, the only ones with reports inside reports.
  The stories that figures are taken on were never among them, but the same kind of hand wrote both.
- Names: GUM's mentions and Universal NER's dev file (CC BY-SA 4.0); elsewhere what spaCy's small English model (MIT)
  finds in the same training texts.
- LitBank (D. Bamman and others; CC BY 4.0), 80 of its 100 texts, GUM, PolNeAR's training part with who is who in it
  (`training/whoiswho.jsonl`) and our own gold: the heads that tell whom a word refers to, trained last on the vectors
  of the others, and what signs are worth beside them and in a dialogue (`../anaphora.tsv`, `../antecedents.tsv`,
  `../voices.tsv`).

## Licences, and what they mean for you

The weights come under the terms in `LICENSE-WEIGHTS.md`. In short: the code that trains and runs them is Apache-2.0.
UD's and GUM's licence is CC BY-SA 4.0: name them when you pass the weights on. PolNeAR states no licence, and its
stories are copyrighted by their publishers. No text of it is in these files; whether weights trained on such texts may
be used for every purpose differs from country to country, and nobody can grant you more than the corpus' authors did.
If that matters to you, train `joint` on annotations of your own: one command (training/README.md).

## What they are bad at

- Everything that is not news in English: fiction, chat, speech without punctuation.
- Nominal reports. In “The suspicion that the harbour was sold has grown” the noun is often no cue.
- Contents without a verb of saying beside them: in “He smiled. ‘For now.’” the words are found, the speaker may not be.
- Deeds that look like reports: “the board backed the plan” is sometimes taken for one.
- PolNeAR is one country and one election year: verbs and genres that it lacks are rarer in the output.
- Bodies named after places: “Lowick won” may come out as a place.
"""

FORMS = {
    "exact.source.f": "source, both ends right (F1)",
    "exact.cue.f": "cue",
    "exact.content.f": "content",
    "found.direct.r": "direct attributions found (recall)",
    "found.mixed.r": "mixed",
    "found.indirect.r": "indirect",
    "source_right": "source right when found",
    "no_source.f": "no source (F1)",
    "triple.f": "whole triple right (F1)",
}
SIDE, EDGE = 300, 40


def keep(file: Path, figures: dict[str, float]) -> None:
    """Put what was measured into the JSON that the card is written from."""
    card = json.loads(file.read_text(encoding="utf8"))
    card["scores"] |= figures
    file.write_text(json.dumps(card, indent=1) + "\n", encoding="utf8")


def types(scores: dict[str, float], gate: dict[str, float]) -> str:
    """The same figures on three kinds of text: PolNeAR's news, GUM's other registers, our frozen gold stories."""
    rows = ["| figure, in % | PolNeAR dev | GUM dev | own gold, frozen half |", "|---|---|---|---|"]
    for name, told in FORMS.items():
        cells = [scores.get(f"PolNeAR dev {name}", ""), scores.get(f"GUM dev {name}", "")]
        own = f"{100 * gate[name]:.1f}" if name in gate else ""
        rows.append(f"| {told} | {cells[0]} | {cells[1]} | {own} |")
    return "\n".join(rows)


def table(scores: dict[str, float]) -> str:
    return "\n".join(["| figure | value |", "|---|---|", *(f"| {k} | {v} |" for k, v in scores.items())])


def plot(bins: list[tuple[int, float, float]]) -> str:
    """An SVG of mean score against the share of right ones, a point a bin; on the diagonal a score keeps its word."""
    size = SIDE + 2 * EDGE

    def at(x: float, y: float) -> tuple[float, float]:
        return round(EDGE + SIDE * x, 1), round(EDGE + SIDE * (1 - y), 1)

    points = [at(score, right) for _, score, right in bins]
    line = " ".join(f"{x},{y}" for x, y in points)
    dots = "".join(f'<circle cx="{x}" cy="{y}" r="4" fill="#0072b2"/>' for x, y in points)
    ticks = "".join(
        f'<text x="{at(v, 0)[0]}" y="{size - EDGE + 16}" text-anchor="middle">{v}</text>'
        f'<text x="{EDGE - 8}" y="{at(0, v)[1] + 4}" text-anchor="end">{v}</text>'
        for v in (0, 0.5, 1)
    )
    half, low = size / 2, EDGE + SIDE
    return "".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" ',
            f'font-family="sans-serif" font-size="12"><rect width="{size}" height="{size}" fill="white"/>',
            f'<rect x="{EDGE}" y="{EDGE}" width="{SIDE}" height="{SIDE}" fill="none" stroke="#888"/>',
            f'<line x1="{EDGE}" y1="{low}" x2="{low}" y2="{EDGE}" stroke="#bbb" stroke-dasharray="4"/>',
            f'<polyline points="{line}" fill="none" stroke="#0072b2"/>{dots}{ticks}',
            f'<text x="{half}" y="{size - 6}" text-anchor="middle">score</text>',
            f'<text x="12" y="{half}" transform="rotate(-90 12 {half})" text-anchor="middle">share right</text>',
            "</svg>\n",
        )
    )


def main() -> None:
    found = json.loads(SCORES.read_text(encoding="utf8"))
    gate = json.loads(GATE.read_text(encoding="utf8"))["measured"]["frozen"]
    data = "\n".join(f"- `{k}`: `{v}`" for k, v in found["data"].items())
    told = [
        f"{s['network']}: " + ", ".join(f"{k} {v}" for k, v in s.items() if k != "network")
        for s in found["stages"]
    ]
    recipe = "\n".join(f"{k}. {stage}" for k, stage in enumerate(told, 1))
    parts = [
        HEAD.strip(),
        "## Scores by form and text type",
        types(found["scores"], gate),
        "## Calibration",
        "`score` against the share of attributions found with the right source, PolNeAR dev, ten bins of equal number:",
        "![calibration](calibration.svg)",
        "## Every figure",
        table(found["scores"]),
        f"## Recipe\n\nData (SHA-256):\n\n{data}\n\nOne after another, with torch {found['torch']}:\n\n{recipe}",
    ]
    (MODELS / "MODEL_CARD.md").write_text("\n\n".join(parts) + "\n", encoding="utf8")
    (MODELS / "calibration.svg").write_text(plot(found["calibration"]["PolNeAR dev"]), encoding="utf8")
    print(MODELS / "MODEL_CARD.md")


if __name__ == "__main__":
    main()
