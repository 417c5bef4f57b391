"""Names that a user wrote, and the known ones they may have meant."""

import json

from tennalytix.core.spelling import hint, nearest

__all__ = ["ConfigurationError", "hint", "nearest", "shown"]


class ConfigurationError(ValueError):
    """What a user asked for cannot be meant so; the message is all that there is to say."""


def shown(value: object) -> str:
    """A value as it is written in YAML, so that text is told from numbers.

    Examples:
        >>> shown("lots"), shown(True), shown(2.5), shown(None)
        ("'lots'", 'true', '2.5', 'null')
    """
    return json.dumps(value) if value is None or isinstance(value, bool) else repr(value)
