"""The C library's allocator, set to keep what tensors free.

A layer makes and frees matrices of a megabyte or two, thousands of times a story. By default glibc hands such memory
back to the system and asks for it again, page by page: a fourteenth of the time went there. Other C libraries (musl,
macOS) have no such setting and are left as they are.
"""

from __future__ import annotations

import ctypes
from functools import cache

# From glibc's malloc.h: above how many bytes memory is mapped by itself, and how much may lie unused.
MMAP_THRESHOLD, TRIM_THRESHOLD = -3, -1
# No tensor of ours is larger; and less than a story's parse takes.
LARGEST, UNUSED = 1 << 30, 1 << 29


@cache
def keep_freed() -> bool:
    """Whether memory is kept from now on, in this process; the same answer however often it is asked."""
    setting = getattr(ctypes.CDLL(None), "mallopt", None)
    if setting is None:
        return False
    return bool(setting(MMAP_THRESHOLD, LARGEST)) and bool(setting(TRIM_THRESHOLD, UNUSED))
