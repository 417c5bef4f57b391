"""What labelling tools hand over, and the label files that are made of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tennalytix.metrics.labels import ABSENT, BOUNCE, CLEAR, FLYING, HARD, HIT

_STATUS = {"flying": FLYING, "hit": HIT, "bounce": BOUNCE}
_ROLES = ("near", "far")


@dataclass(frozen=True, slots=True)
class LabelShape:
    """One thing in one frame.

    Attributes:
        frame_index: counts decoded frames from 0.
        name: what the tool's label says.
        xyxy: box edges in pixels from the picture's corner, a point twice for a point; None where it is out of sight.
        covered: partly hidden.
        status: flying, hit or bounce.
    """

    frame_index: int
    name: str
    xyxy: tuple[float, float, float, float] | None
    covered: bool = False
    status: str = "flying"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """What the labels are called in the labelling tool; capitals do not matter.

    Attributes:
        names: our word (near, far, ball) by the tool's.
        others: labels of people who are not players; kept as their role.
        overwrite: replace label files that are there and differ.
    """

    names: Mapping[str, str] = field(default_factory=lambda: {"near": "near", "far": "far", "ball": "ball"})
    others: tuple[str, ...] = ("umpire", "line_judge", "ball_kid", "official", "person")
    overwrite: bool = False

    def __post_init__(self) -> None:
        wrong = [word for word in self.names.values() if word not in (*_ROLES, "ball")]
        if wrong:
            raise ValueError(f"names must lead to near, far or ball, got {wrong[0]}.")

    def word(self, name: str) -> str | None:
        """Our word for a label, `other` for a bystander, None for what is not imported."""
        folded = name.casefold()
        known = {key.casefold(): word for key, word in self.names.items()}
        return known.get(folded, "other" if folded in {o.casefold() for o in self.others} else None)


def shapes_to_files(shapes: Iterable[LabelShape], options: ImportOptions, place: str) -> dict[str, bytes]:
    """Label files by name: `ball.csv`, `players.csv`, `others.csv`, those for which there are labels.

    Args:
        shapes: of one video, in any order.
        options: what the labels are called.
        place: the file they come from, for messages.

    Raises:
        ValueError: two balls or two players of one role in one frame, or a ball's status that is not known.
    """
    sorted_shapes = sorted(shapes, key=lambda s: s.frame_index)
    by_word: dict[str, list[LabelShape]] = {}
    for shape in sorted_shapes:
        by_word.setdefault(options.word(shape.name) or "", []).append(shape)
    files = {}
    if "ball" in by_word:
        files["ball.csv"] = _lines("frame,visibility,x,y,status", _ball_rows(by_word["ball"], place))
    labelled = [role for role in _ROLES if role in by_word]
    if labelled:
        files["players.csv"] = _lines("frame,player,x1,y1,x2,y2,visibility", _player_rows(by_word, labelled, place))
    seen = [s for s in by_word.get("other", ()) if s.xyxy]
    if seen:
        rows = [(s.frame_index, *_numbers(s.xyxy or ()), s.name.casefold()) for s in seen]
        files["others.csv"] = _lines("frame,x1,y1,x2,y2,role", rows)
    return files


def unknown_names(shapes: Iterable[LabelShape], options: ImportOptions) -> list[str]:
    """Labels that are not imported, sorted."""
    return sorted({s.name for s in shapes if options.word(s.name) is None})


def _ball_rows(shapes: Sequence[LabelShape], place: str) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for frame, shape in _one_a_frame(shapes, "ball", place).items():
        status = _STATUS.get(shape.status.casefold())
        if status is None:
            raise ValueError(f"{place} must have flying, hit or bounce as status, got {shape.status} in frame {frame}.")
        if shape.xyxy is None:
            rows.append((frame, ABSENT, "", "", status))
            continue
        x1, y1, x2, y2 = shape.xyxy
        # In label files the middle of the first pixel is (0, 0) for the ball, in the tools it is (0.5, 0.5).
        x, y = _numbers(((x1 + x2) / 2 - 0.5, (y1 + y2) / 2 - 0.5))
        rows.append((frame, HARD if shape.covered else CLEAR, x, y, status))
    return rows


def _player_rows(
    by_word: Mapping[str, Sequence[LabelShape]], labelled: Sequence[str], place: str
) -> list[tuple[object, ...]]:
    """A frame that has a row has one for each role that was labelled at all: absent where the tool has no box."""
    found = {role: _one_a_frame(by_word[role], role, place) for role in labelled}
    frames = sorted({frame for shapes in found.values() for frame in shapes})
    rows: list[tuple[object, ...]] = []
    for frame in frames:
        for role in labelled:
            shape = found[role].get(frame)
            if shape is None or shape.xyxy is None:
                rows.append((frame, role, "", "", "", "", ABSENT))
            else:
                rows.append((frame, role, *_numbers(shape.xyxy), HARD if shape.covered else CLEAR))
    return rows


def _one_a_frame(shapes: Sequence[LabelShape], word: str, place: str) -> dict[int, LabelShape]:
    """The end of one track and the start of the next may meet: who is seen counts."""
    result: dict[int, LabelShape] = {}
    for shape in shapes:
        other = result.get(shape.frame_index)
        if other is not None and other.xyxy and shape.xyxy:
            raise ValueError(f"{place} must have one {word} a frame, got two in frame {shape.frame_index}. Delete one.")
        if other is None or shape.xyxy:
            result[shape.frame_index] = shape
    return result


def _numbers(values: Iterable[float]) -> list[str]:
    return [f"{value:.2f}" for value in values]


def _lines(header: str, rows: Iterable[tuple[object, ...]]) -> bytes:
    return "".join(f"{line}\n" for line in [header, *(",".join(map(str, row)) for row in rows)]).encode()
