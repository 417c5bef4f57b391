"""How the C library deals with memory that is taken and freed again for every frame."""

import ctypes
import platform

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
MMAP_BYTES = 32 << 20
"""The most that glibc takes."""
TRIM_BYTES = 512 << 20


def keep_freed_memory() -> bool:
    """Has glibc keep freed memory of the size of some frames for the next ones; says whether it does.

    By default it gives arrays of a frame's size back to the system, which clears the same pages again for the next
    frame: half of the processor time of finding the ball. Other C libraries are left as they are.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    libc = ctypes.CDLL(None)
    return bool(libc.mallopt(M_MMAP_THRESHOLD, MMAP_BYTES) and libc.mallopt(M_TRIM_THRESHOLD, TRIM_BYTES))


def give_back_memory() -> bool:
    """Has glibc give all freed memory back to the system; says whether it had any.

    What one stage has kept for its frames is of little use to the next.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    return bool(ctypes.CDLL(None).malloc_trim(0))
