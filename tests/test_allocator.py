"""Freed memory is kept: what a matrix gives back, the next one takes without asking the system."""

import ctypes
import subprocess
import sys
from importlib.resources import files

import pytest

from annotator.allocator import keep_freed

SAMPLES = sorted((files("annotator") / "data" / "samples").glob("*.txt"))
FAULTS = """
import resource, sys
from annotator import encoder
from annotator.pipeline import Annotator
from annotator.reader import read
if sys.argv[1] == "plain":
    encoder.keep_freed = lambda: None
stories, annotator = list(read(sys.argv[2:])), Annotator()
for _ in annotator.annotate(stories):
    pass
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in annotator.annotate(stories):
    pass
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(kind):
    done = subprocess.run(
        [sys.executable, "-c", FAULTS, kind, *map(str, SAMPLES)], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


@pytest.mark.models
@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallopt"), reason="the C library has no such setting")
def test_what_was_freed_is_there_again():
    # What else the machine does adds faults to a run, and never takes any: the fewest of three tell.
    assert min(faults("kept") for _ in range(3)) * 1.5 < min(faults("plain") for _ in range(3))


def test_another_c_library_is_left_alone(monkeypatch):
    class Other:
        pass

    monkeypatch.setattr(ctypes, "CDLL", lambda _: Other())
    keep_freed.cache_clear()
    assert not keep_freed()
    keep_freed.cache_clear()
