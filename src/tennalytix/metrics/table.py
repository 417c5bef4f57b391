"""Scores as text that people read."""

from collections.abc import Callable, Sequence

from tennalytix.metrics.ball import BallScores
from tennalytix.metrics.counts import mean, median
from tennalytix.metrics.court import CourtScores
from tennalytix.metrics.events import EventScores, KindScores
from tennalytix.metrics.players import PlayerScores, RoleScores
from tennalytix.metrics.report import ClipScores

_UNKNOWN = "–"


def scores_table(scores: Sequence[ClipScores]) -> str:
    """Markdown: a table for each kind of score, a row for each of `scores`; what has no labels is left out.

    Shares are fractions, errors pixels at the scale the table names; what could not be measured is a dash.
    """
    parts = (
        _table("Ball (pixels of 1280x720)", [(s.name, _ball_cells(s.ball)) for s in scores if s.ball]),
        _table("Players (pixels of 1280x720)", [(s.name, _player_cells(s.players)) for s in scores if s.players]),
        _table("Court (pixels of 1920x1080)", [(s.name, _court_cells(s.court)) for s in scores if s.court]),
        _table("Hits and bounces", [(s.name, _event_cells(s.events)) for s in scores if s.events]),
    )
    return "\n".join(part for part in parts if part)


def _table(title: str, rows: list[tuple[str, dict[str, str]]]) -> str:
    if not rows:
        return ""
    lines = [["", *rows[0][1]], *([name, *cells.values()] for name, cells in rows)]
    first, *others = zip(*lines, strict=True)
    columns = [_column(first, str.ljust, ":" + "-" * 2), *(_column(c, str.rjust, "-" * 2 + ":") for c in others)]
    return "\n".join([f"### {title}", "", *(f"| {' | '.join(cells)} |" for cells in zip(*columns, strict=True)), ""])


def _column(cells: Sequence[str], align: Callable[[str, int], str], rule: str) -> list[str]:
    """A column's cells at one width, the rule below the head."""
    width = max(len(cell) for cell in (*cells, rule))
    rule = rule.replace("--", "-" * (width - 1))
    return [align(cells[0], width), rule, *(align(cell, width) for cell in cells[1:])]


def _ball_cells(ball: BallScores) -> dict[str, str]:
    cells = {"seen": str(ball.visible_frames), "median px": _decimal(median(ball.errors_px), 1)}
    for tolerance, counts in zip(ball.tolerances_px, ball.counts, strict=True):
        cells[f"P@{tolerance:g}"] = _decimal(counts.precision)
        cells[f"R@{tolerance:g}"] = _decimal(counts.recall)
        cells[f"F1@{tolerance:g}"] = _decimal(counts.f1)
    return cells


def _player_cells(players: PlayerScores) -> dict[str, str]:
    return {
        **_role_cells("near", players.near),
        **_role_cells("far", players.far),
        "swapped": str(players.near.swapped + players.far.swapped),
        "switches": str(players.near.switches + players.far.switches),
        "loose": str(players.boxes.loose),
        "on others": str(players.boxes.on_other),
        "on nobody": str(players.boxes.on_nobody),
        "absent, given": f"{_absent(players)[0]}, {_absent(players)[1]}",
    }


def _absent(players: PlayerScores) -> tuple[int, int]:
    near, far = players.near, players.far
    return near.absent + far.absent, near.given_while_absent + far.given_while_absent


def _role_cells(role: str, scores: RoleScores) -> dict[str, str]:
    return {
        f"{role} found": _decimal(scores.recall),
        f"{role} IoU": _decimal(mean(scores.ious)),
        f"{role} px": _decimal(median(scores.errors_px), 1),
    }


def _court_cells(court: CourtScores) -> dict[str, str]:
    return {
        "frames": str(court.labelled_frames),
        "missed": str(court.missed_frames),
        "median px": _decimal(median(court.errors_px), 1),
        "mean px": _decimal(mean(court.errors_px), 1),
        "max px": _decimal(max(court.errors_px, default=None), 1),
    }


def _event_cells(events: EventScores) -> dict[str, str]:
    return {**_kind_cells("hit", events.hit), **_kind_cells("bounce", events.bounce)}


def _kind_cells(kind: str, scores: KindScores) -> dict[str, str]:
    counts = scores.counts
    error_s = mean(scores.errors_s)
    return {
        f"{kind}s": str(counts.true_positive + counts.false_negative),
        f"{kind} P": _decimal(counts.precision),
        f"{kind} R": _decimal(counts.recall),
        f"{kind} F1": _decimal(counts.f1),
        f"{kind} ms": _decimal(error_s and error_s * 1000, 0),
    }


def _decimal(value: float | None, digits: int = 2) -> str:
    return _UNKNOWN if value is None else f"{value:.{digits}f}"
