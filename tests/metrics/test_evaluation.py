import json
from collections.abc import Callable

import pytest

from tennalytix.metrics.evaluation import evaluate_tracks
from tennalytix.metrics.options import EvaluationOptions
from tennalytix.schema.tracks import Tracks

TracksMaker = Callable[..., Tracks]
BALL = b"frame,visibility,x,y,status\n" + b"".join(b"%d,1,%d,0,0\n" % (i, i) for i in range(10))
FILES = {"rally/ball.csv": lambda: BALL, "other/ball.csv": lambda: BALL}


def test_clips_find_the_labels_of_their_video(make_tracks: TracksMaker) -> None:
    balls = {i: (float(i), 0.0) for i in range(10)}
    tracks = {
        "rally__0001": lambda: make_tracks(range(5, 10), balls=balls),
        "rally__0000": lambda: make_tracks(range(5), balls=balls),
        "bare__take__0000": lambda: make_tracks(range(5)),
    }
    evaluation = evaluate_tracks(tracks, FILES)
    summary = evaluation.summary()

    assert [v.name for v in evaluation.videos] == ["rally"]
    assert evaluation.without_labels == ("bare__take",)
    assert evaluation.without_tracks == ("other",)
    assert summary["videos"]["rally"]["ball"]["at_px"]["4"]["f1"] == 1  # type: ignore[index]
    assert summary["all"] == summary["videos"]["rally"]  # type: ignore[index]
    assert summary["options"]["ball_tolerances_px"] == [4, 5, 10]  # type: ignore[index]
    assert json.loads(json.dumps(summary, allow_nan=False)) == summary


def test_table_has_a_row_for_every_video_and_names_the_rest(make_tracks: TracksMaker) -> None:
    tracks = {f"{name}__0000": lambda: make_tracks(range(10)) for name in ("rally", "other", "bare")}
    lines = evaluate_tracks(tracks, FILES, EvaluationOptions((5,))).table().splitlines()

    assert [line.split()[1] for line in lines if line.startswith("| ") and ":-" not in line][1:4] == [
        "other",
        "rally",
        "all",
    ]
    assert lines[-1] == "Tracked, not labelled: bare."


def test_table_names_at_most_ten_of_the_rest(make_tracks: TracksMaker) -> None:
    tracks = {
        f"{name}__0000": lambda: make_tracks(range(10)) for name in ("rally", *(f"bare{i:02d}" for i in range(12)))
    }

    assert "bare08, bare09 and 2 more.\n" in evaluate_tracks(tracks, FILES).table()


def test_tracks_without_any_labels_are_refused(make_tracks: TracksMaker) -> None:
    tracks = {f"clip{i}__0000": lambda: make_tracks(range(5)) for i in range(5)}

    with pytest.raises(
        ValueError,
        match=r"^labels must be there for at least one tracked video, got labels of other, rally and "
        r"tracks of clip0, clip1, clip2 and 2 more\. Name a folder",
    ):
        evaluate_tracks(tracks, FILES)
    with pytest.raises(ValueError, match=r"got labels of nothing and tracks of nothing\."):
        evaluate_tracks({}, {})
