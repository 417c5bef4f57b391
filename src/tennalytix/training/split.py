"""Which videos a network is measured on and not trained with."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from hashlib import sha256

_EVERY = 5


def held_out(sources: Sequence[str], patterns: Sequence[str]) -> set[str]:
    """The sources to hold out.

    Args:
        sources: names of videos.
        patterns: names with `*` for any text; empty for about every fifth, chosen by the names alone.

    Raises:
        ValueError: there are no videos, a pattern fits none, or none is left to train with.

    Examples:
        >>> sorted(held_out(["rome_1", "rome_2", "paris"], ["rome*"]))
        ['rome_1', 'rome_2']
    """
    names = sorted(set(sources))
    if not names:
        raise ValueError(
            "training must have videos in which people are known, got none. Run ingestion and player_detection on "
            "them, or put labels in place."
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
