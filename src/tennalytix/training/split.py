"""Which videos a network is measured on and not trained with."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from hashlib import sha256

_EVERY = 5


def held_out(sources: Sequence[str], patterns: Sequence[str], known: str = "people are") -> set[str]:
    """The sources to hold out.

    Args:
        sources: names of videos.
        patterns: names with `*` for any text; empty for about every fifth, chosen by the names alone.
        known: what must be known in a video, for the message.

    Raises:
        ValueError: there are no videos, a pattern fits none, or none is left to train with.

    Examples:
        >>> sorted(held_out(["rome_1", "rome_2", "paris"], ["rome*"]))
        ['rome_1', 'rome_2']
    """
    names = sorted(set(sources))
    if not names:
        raise ValueError(
            f"training must have videos in which {known} known, got none. Run tracking on them, or put labels in place."
        )
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in names):
            raise ValueError(
                f"held_out must name videos that there are, got {pattern!r}. There are: {', '.join(names)}."
            )
    chosen = {name for name in names if any(fnmatchcase(name, pattern) for pattern in patterns)}
    if not patterns:
        mixed = sorted(names, key=lambda name: sha256(name.encode()).hexdigest())
        chosen = set(mixed[: max(1, len(mixed) // _EVERY)])
    if chosen == set(names):
        raise ValueError(
            f"held_out must leave videos to train with, got all of {len(names)}. Add videos, or name fewer in held_out."
        )
    return chosen
