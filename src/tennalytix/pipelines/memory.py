"""How the C library deals with memory that is taken and freed again for every frame."""

import ctypes
import platform

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
MMAP_BYTES = 32 << 20
"""The most that glibc takes."""
TRIM_BYTES = 512 << 20


def keep_freed_memory() -> bool:
    """Has glibc keep freed memory of the size of some frames for the next ones; says whether it does.

    By default it gives arrays of a frame's size back to the system, which clears the same pages again for the next
    frame: half of the processor time of finding the ball. It also keeps a store of its own for every thread, so that
    what one has freed is nothing to another: one store for all takes a tenth less memory and no more time. Other C
    libraries are left as they are.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    libc = ctypes.CDLL(None)
    wanted = {M_MMAP_THRESHOLD: MMAP_BYTES, M_TRIM_THRESHOLD: TRIM_BYTES, M_ARENA_MAX: 1}
    return all(libc.mallopt(name, value) for name, value in wanted.items())


def give_back_memory() -> bool:
    """Has glibc give all freed memory back to the system; says whether it had any.

    What one stage has kept for its frames is of little use to the next.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    return bool(ctypes.CDLL(None).malloc_trim(0))
