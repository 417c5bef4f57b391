"""Options held against the annotations of the dataclass or class that takes them."""

import inspect
import types
from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from tennalytix.checks.names import ConfigurationError, hint, shown


def build(group: str, given: object, kind: Callable[..., Any]) -> Any:
    """Builds `kind` from a group of options.

    Args:
        group: its name, for messages.
        given: options by name.
        kind: a dataclass, or another class with annotated arguments.

    Raises:
        ConfigurationError: an option is unknown, missing, of the wrong type or out of its range.
    """
    check(group, given, kind)
    try:
        return kind(**given)  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        own = str(error).partition(" ")[0] in inspect.signature(kind).parameters
        raise ConfigurationError(f"{group}.{error}" if own else f"{group}: {error}") from error


def check(group: str, given: object, kind: Callable[..., Any]) -> None:
    """Refuses options that `kind` does not know, and values that its annotations do not allow.

    Raises:
        ConfigurationError: with the first of them.
    """
    if not isinstance(given, Mapping):
        raise ConfigurationError(f"{group} must be a group of options, got {shown(given)}. Write {group}.<option>.")
    arguments = inspect.signature(kind).parameters
    if any(argument.kind is inspect.Parameter.VAR_KEYWORD for argument in arguments.values()):
        return
    hints = get_type_hints(kind if is_dataclass(kind) else getattr(kind, "__init__", kind))
    for name, value in given.items():
        if name not in arguments:
            raise ConfigurationError(f"{group}.{name} is no option. {hint(str(name), arguments)}")
        wanted = constraint(value, hints.get(name, Any))
        if wanted:
            raise ConfigurationError(f"{group}.{name} must be {wanted}, got {shown(value)}.{_advice(wanted, value)}")
    missing = [n for n, a in arguments.items() if a.default is a.empty and n not in given and not _variable(a)]
    if missing:
        raise ConfigurationError(f"{group}.{missing[0]} must be given, got nothing.")


def constraint(value: object, wanted: Any) -> str | None:
    """What a value would have to be, in words; None if it is that. Annotations not known here allow everything.

    Examples:
        >>> constraint("lots", float), constraint(2, float), constraint(True, float)
        ('a number', None, 'a number')
        >>> constraint("csv", tuple[str, ...]), constraint("a", int | None)
        ('a list', 'null or a whole number')
    """
    origin, within = get_origin(wanted), get_args(wanted)
    if origin in (Union, types.UnionType):
        # Null first, or it would read as one of what a list holds.
        wrong = [constraint(value, choice) for choice in sorted(within, key=lambda choice: choice is not type(None))]
        return None if None in wrong else " or ".join(w for w in wrong if w)
    if origin is Literal:
        return None if value in within else f"one of {', '.join(map(str, within))}"
    for kind, (allowed, words) in _PLAIN.items():
        if wanted is kind:
            right = isinstance(value, allowed) and (kind is bool or not isinstance(value, bool))
            return None if right else words
    if (origin or wanted) in (list, tuple):
        return _list_constraint(value, within)
    if (origin or wanted) in (dict, Mapping):
        return None if isinstance(value, Mapping) else "a mapping"
    return None


_PLAIN: dict[type, tuple[type | tuple[type, ...], str]] = {
    bool: (bool, "true or false"),
    int: (int, "a whole number"),
    float: ((int, float), "a number"),
    str: (str, "text"),
    type(None): (type(None), "null"),
}


def _list_constraint(value: object, within: tuple[Any, ...]) -> str | None:
    if not isinstance(value, (list, tuple)):
        return "a list"
    wrong = next((words for item in value if within and (words := constraint(item, within[0]))), None)
    return f"a list, each {wrong}" if wrong else None


def _advice(wanted: str, value: object) -> str:
    return f" Write [{value}]." if "a list" in wanted and isinstance(value, str) else ""


def _variable(argument: inspect.Parameter) -> bool:
    return argument.kind in (argument.VAR_POSITIONAL, argument.VAR_KEYWORD)
