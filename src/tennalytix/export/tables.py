"""Tracks as flat tables: a row a frame and thing."""

from typing import Any

import pyarrow as pa

from tennalytix.schema.tracks import Tracks

_WHEN = [("clip_id", pa.string()), ("frame_index", pa.int64()), ("time_s", pa.float64())]
_WHERE = [("x_px", pa.float64()), ("y_px", pa.float64())]
_COURT = [("x_m", pa.float64()), ("y_m", pa.float64())]

PLAYERS = pa.schema(
    [
        *_WHEN,
        ("repeated", pa.bool_()),
        ("track_id", pa.int64()),
        ("role", pa.string()),
        *[(f"{side}_px", pa.float64()) for side in ("left", "top", "right", "bottom")],
        *[(f"{place}_{axis}_px", pa.float64()) for place in ("centre", "foot") for axis in "xy"],
        *_COURT,
        ("score", pa.float64()),
        ("source", pa.string()),
    ]
)
BALL = pa.schema([*_WHEN, ("repeated", pa.bool_()), *_WHERE, ("score", pa.float64()), ("source", pa.string())])
EVENTS = pa.schema(
    [
        *_WHEN,
        ("kind", pa.string()),
        *_WHERE,
        *_COURT,
        ("player", pa.string()),
        ("score", pa.float64()),
        ("source", pa.string()),
    ]
)

_NOWHERE = (None, None)


def players_table(tracks: Tracks) -> pa.Table:
    """A row for every player in every frame; frames without a player have none.

    Columns are those of `PLAYERS`: pixels of the source frame, box edges and the box's centre and foot, `x_m` and
    `y_m` the foot on the court in metres (null without a court), `source` detected, interpolated or corrected.

    Examples:
        >>> tracks = load_tracks("data/07_model_output/tracks/sample_rally__0000.json")  # doctest: +SKIP
        >>> players_table(tracks).to_pandas().groupby("role").score.mean()  # doctest: +SKIP
    """
    rows = []
    for f in tracks.frames:
        for p in f.players:
            when = (tracks.clip_id, f.frame_index, f.time_s, f.repeated, p.track_id, p.role)
            rows.append((*when, *p.xyxy, *p.centre, *p.foot, *(p.court_xy_m or _NOWHERE), p.score, p.source))
    return _table(rows, PLAYERS)


def ball_table(tracks: Tracks) -> pa.Table:
    """A row for every frame of the clip, columns of `BALL`; null where there is no ball."""
    rows = []
    for f in tracks.frames:
        ball = (None, None, None, None) if f.ball is None else (*f.ball.xy, f.ball.score, f.ball.source)
        rows.append((tracks.clip_id, f.frame_index, f.time_s, f.repeated, *ball))
    return _table(rows, BALL)


def events_table(tracks: Tracks) -> pa.Table:
    """A row for every hit and bounce, columns of `EVENTS`."""
    rows = [
        (
            tracks.clip_id,
            e.frame_index,
            e.time_s,
            e.kind,
            *e.xy,
            *(e.court_xy_m or _NOWHERE),
            e.player,
            e.score,
            e.source,
        )
        for e in tracks.events
    ]
    return _table(rows, EVENTS)


def _table(rows: list[tuple[Any, ...]], schema: pa.Schema) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    return pa.table([pa.array(c, kind) for c, kind in zip(columns, schema.types, strict=True)], schema=schema)
