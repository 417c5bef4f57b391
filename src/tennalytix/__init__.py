"""Tennis video in, pixel-accurate tracks of both players and the ball out."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tennalytix.export.flat import tracks_table
    from tennalytix.export.read import list_tracks, load_tracks
    from tennalytix.export.supervision import to_supervision
    from tennalytix.export.tables import ball_table, events_table, players_table

__version__ = "0.1.0"
__all__ = [
    "ball_table",
    "events_table",
    "list_tracks",
    "load_tracks",
    "players_table",
    "to_supervision",
    "tracks_table",
]

_MODULES = {
    "list_tracks": "read",
    "load_tracks": "read",
    "to_supervision": "supervision",
    "tracks_table": "flat",
    "ball_table": "tables",
    "events_table": "tables",
    "players_table": "tables",
}


def __getattr__(name: str) -> Any:
    # Looked up when first asked for: importing the package alone stays quick.
    if name not in _MODULES:
        raise AttributeError(f"module tennalytix has no attribute {name}")
    return getattr(import_module(f"tennalytix.export.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
