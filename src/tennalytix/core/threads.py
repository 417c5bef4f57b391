"""How many threads this process may use, where several processes share the cores."""

import os

LIMIT = "TENNALYTIX_THREADS"
"""Environment variable that holds the limit; worker processes inherit it."""


def thread_limit() -> int:
    """Threads that a network of this process may use; 0 where nobody set a limit: as many as there are cores.

    Examples:
        >>> thread_limit()
        0
    """
    return int(os.environ.get(LIMIT, "0"))
