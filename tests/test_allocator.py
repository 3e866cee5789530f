"""Freed memory is kept: what a matrix gives back, the next one takes without asking the system."""

import ctypes
import subprocess
import sys

import pytest

from annotator.allocator import keep_freed

FAULTS = """
import resource, sys, torch
if sys.argv[1] == "kept":
    from annotator.allocator import keep_freed
    assert keep_freed() and keep_freed()
def matrices():
    # A layer holds several at once, and then none.
    for _ in range(100):
        held = [torch.ones(440_000) for _ in range(6)]
        del held
matrices()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
matrices()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(kind):
    done = subprocess.run([sys.executable, "-c", FAULTS, kind], capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallopt"), reason="the C library has no such setting")
def test_what_was_freed_is_there_again():
    assert faults("kept") * 10 < faults("plain")


def test_another_c_library_is_left_alone(monkeypatch):
    class Other:
        pass

    monkeypatch.setattr(ctypes, "CDLL", lambda _: Other())
    keep_freed.cache_clear()
    assert not keep_freed()
    keep_freed.cache_clear()
