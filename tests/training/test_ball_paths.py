"""Real paths for drawn balls: what is read, and how a drawn ball follows it."""

from pathlib import Path

import numpy as np
import pytest

from tennalytix.training.ball_draw import draw_ball, real_flight
from tennalytix.training.ball_paths import read_paths

OURS = "frame,visibility,x,y,status\n"
THEIRS = "file name,visibility,x-coordinate,y-coordinate,status\n"


def write_ours(path: Path, frames: list[int]) -> None:
    rows = [f"{k},1,{100 + 10 * k},{200 - k * k},0\n" for k in frames]
    path.write_text(OURS + "".join(rows) + f"{frames[-1] + 1},0,,,\n")


def test_stretches_of_five_frames_are_read_from_both_formats(tmp_path: Path) -> None:
    write_ours(tmp_path / "one.csv", [0, 1, 2, 3, 4, 5, 9, 10])
    (tmp_path / "game1").mkdir()
    rows = [f"{k:04}.jpg,1,{500 - 4 * k},300,0\n" for k in range(5)]
    (tmp_path / "game1/Label.csv").write_text(THEIRS + "".join(rows))
    paths = read_paths(tmp_path)

    assert paths.shape == (3, 5, 2)
    assert (paths[:, 2] == 0).all()
    np.testing.assert_allclose(paths[0, :, 0], [8, 4, 0, -4, -8])
    np.testing.assert_allclose(paths[1, :, 0], [-20, -10, 0, 10, 20])


def test_where_the_ball_is_hidden_its_place_is_a_guess(tmp_path: Path) -> None:
    rows = [f"{k},{3 if k == 5 else 1},{100 + 10 * k},200,0\n" for k in range(11)]
    (tmp_path / "one.csv").write_text(OURS + "".join(rows))

    assert read_paths(tmp_path).shape == (2, 5, 2)


def test_a_drawn_ball_flies_as_the_real_one_did() -> None:
    straight = np.stack([np.linspace(-16, 16, 5), np.zeros(5)], axis=1)[None]
    flight = real_flight(np.array([32.0, 30.0]), 1.0, straight, np.random.default_rng(0))
    steps = np.diff(flight.xy[:, 0])

    np.testing.assert_allclose(flight.xy[2], [32.0, 30.0])
    assert np.ptp(np.abs(steps)) < 4
    assert (np.sign(steps) == np.sign(steps[0])).all()
    assert np.abs(flight.xy[:, 1] - 30).max() < 3
    np.testing.assert_allclose(flight.velocity[2], (flight.xy[3] - flight.xy[1]) / 2)
    shown = draw_ball(np.full((7, 64, 64), 60, np.uint8), flight, np.random.default_rng(1))
    assert shown is not None
    assert np.unravel_index(shown[2].argmax(), (64, 64))[1] == pytest.approx(32, abs=12)


@pytest.mark.parametrize(
    ("content", "error", "sentence"),
    [
        (None, FileNotFoundError, "paths must be a folder of labelled rallies, got .*which does not exist"),
        (OURS + "0,1,5,5,0\n", ValueError, "paths must hold rallies in which the ball is seen for five frames"),
        ("a,b\n1,2\n", ValueError, r"x\.csv must have the columns"),
    ],
)
def test_what_is_no_path_is_one_sentence(
    tmp_path: Path, content: str | None, error: type[Exception], sentence: str
) -> None:
    folder = tmp_path / "paths"
    if content is not None:
        folder.mkdir()
        (folder / "x.csv").write_text(content)
    with pytest.raises(error, match=sentence):
        read_paths(folder)
