"""Names that somebody wrote, and the known ones they may have meant."""

import difflib
from collections.abc import Iterable


def hint(name: str, known: Iterable[str]) -> str:
    """The known name that is nearest, or all of them, as a sentence.

    Examples:
        >>> hint("player", ["ball", "players"])
        'Did you mean players?'
        >>> hint("zoom", ["players", "ball"])
        'Known are ball, players.'
    """
    names = sorted(known)
    near = nearest(name, names)
    if near:
        return f"Did you mean {near}?"
    return f"Known are {', '.join(names)}." if names else "There is none."


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that is nearest, None if none is near; capitals do not matter."""
    by_lower = {other.lower(): other for other in known}
    found = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None
