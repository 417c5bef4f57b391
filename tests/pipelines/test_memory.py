import platform
import resource
import subprocess
import sys

import pytest

from tennalytix.pipelines.memory import give_back_memory, keep_freed_memory

FRAMES = """
import resource
import numpy as np
from tennalytix.pipelines.memory import keep_freed_memory
if {keep}:
    keep_freed_memory()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(30):
    window = [np.full((1080, 1920, 3), 7, np.uint8) for _ in range(4)]
    del window
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc is told")
def test_frames_take_the_pages_of_those_before() -> None:
    def page_faults(keep: bool) -> int:
        script = FRAMES.format(keep=keep)
        return int(subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True).stdout)

    window = 4 * 1080 * 1920 * 3 // resource.getpagesize()
    assert page_faults(keep=True) < 3 * window
    assert page_faults(keep=False) > 5 * window


STORES = """
import ctypes
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from tennalytix.pipelines.memory import keep_freed_memory
if {keep}:
    keep_freed_memory()
together = Barrier(4)
def take(number):
    together.wait()
    return [bytes(1000) for _ in range(1000)]
with ThreadPoolExecutor(4) as pool:
    held = list(pool.map(take, range(4)))
    ctypes.CDLL(None).malloc_stats()
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc is told")
def test_threads_share_what_is_free() -> None:
    def stores(keep: bool) -> int:
        script = STORES.format(keep=keep)
        told = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True).stderr
        return told.count("Arena ")

    assert stores(keep=True) == 1
    assert stores(keep=False) > 1


HELD = """
import numpy as np
from tennalytix.pipelines.memory import give_back_memory, keep_freed_memory

def resident_mb():
    with open("/proc/self/statm") as text:
        return int(text.read().split()[1]) * 4096 / 2**20

keep_freed_memory()
small = [np.full(100_000, 7, np.uint8) for _ in range(1500)]
kept = small[::100]
del small
before = resident_mb()
give_back_memory()
print(before - resident_mb())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc is told")
def test_what_a_node_kept_is_given_back() -> None:
    freed = subprocess.run([sys.executable, "-c", HELD], capture_output=True, check=True, text=True).stdout

    assert float(freed) > 100


def test_other_libraries_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "libc_ver", lambda: ("", ""))

    assert not keep_freed_memory()
    assert not give_back_memory()
