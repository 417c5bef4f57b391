from dataclasses import replace

import numpy as np
import pytest

from tennalytix.synthetic.joins import blend, darkened, flashed
from tennalytix.synthetic.match import MatchOptions, render_match
from tennalytix.synthetic.render import RenderedRally

SMALL = MatchOptions(seed=3, rallies=2, size_wh=(160, 90))


def test_shots_cover_the_match_and_every_rally_lies_in_a_court_shot() -> None:
    for seed in range(3):
        truth = render_match(replace(SMALL, seed=seed)).truth
        firsts, lasts = [s.first for s in truth.shots], [s.last for s in truth.shots]

        assert firsts == [0, *(last + 1 for last in lasts[:-1])]
        assert len(truth.rallies) == SMALL.rallies
        for first, last in truth.rallies:
            assert any(s.kind == "court" and s.first <= first and last <= s.last for s in truth.shots)


def test_replays_come_between_wipes() -> None:
    shots = [s for seed in range(4) for s in (*render_match(replace(SMALL, seed=seed)).truth.shots, None)]
    replays = [i for i, s in enumerate(shots) if s is not None and s.kind == "replay"]

    assert replays
    assert all(shots[i].entered == shots[i + 1].entered == "wipe" for i in replays)


def test_the_same_options_give_the_same_pixels() -> None:
    first, second = (next(iter(render_match(SMALL))) for _ in range(2))

    assert (first == second).all()
    assert first.shape == (90, 160, 3)


def test_there_are_as_many_frames_as_the_truth_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RenderedRally, "image", lambda *_: np.zeros((64, 96, 3), np.uint8))
    match = render_match(MatchOptions(seed=3, rallies=1, size_wh=(96, 64)))

    assert sum(1 for _ in match) == len(match)


def test_a_wipe_uncovers_and_a_dissolve_mixes() -> None:
    old, new = np.zeros((4, 100, 3), np.uint8), np.full((4, 100, 3), 200, np.uint8)

    wiped, mixed = blend(old, new, 0.5, "wipe"), blend(old, new, 0.5, "dissolve")

    assert (wiped[:, :45] == 200).all()
    assert (wiped[:, 60:] == 0).all()
    assert (mixed == 100).all()


def test_light_goes_and_flashes_come() -> None:
    image = np.full((2, 2, 3), 100, np.uint8)

    assert (darkened(image, 0.0) == 0).all()
    assert (flashed(image) == 200).all()


@pytest.mark.parametrize(
    ("option", "message"),
    [({"rallies": 0}, "rallies must be positive"), ({"together_share": 2.0}, "together_share must lie in")],
)
def test_options_out_of_range_are_refused(option: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        MatchOptions(**option)
