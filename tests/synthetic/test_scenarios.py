"""What a scenario's name promises happens in it."""

from dataclasses import replace

import numpy as np
import pytest

from tennalytix.synthetic.camera_path import reference_camera
from tennalytix.synthetic.label_files import write_labels
from tennalytix.synthetic.officials import officials_of
from tennalytix.synthetic.rally import write_script
from tennalytix.synthetic.render import RenderedRally, render_rally
from tennalytix.synthetic.scenarios import SCENARIOS
from tennalytix.synthetic.scene import Scene
from tennalytix.synthetic.truth import PersonTruth
from tennalytix.synthetic.veil import chair_veil

SIZE = (320, 180)


def small(name: str) -> RenderedRally:
    options = SCENARIOS[name]
    return render_rally(replace(options, size_wh=SIZE, pan_px=options.pan_px * SIZE[0] / 1280))


def shares(rally: RenderedRally, role: str, frames: range) -> np.ndarray:
    """Least visible share of a player of that role, 0 where one is not in the picture at all."""
    count = sum(p.role == role for p in rally.script.players)
    truths = [[p for p in rally.frame_truth(i).players if p.role == role] for i in frames]
    return np.array([min(p.visible_share for p in t) if len(t) == count else 0.0 for t in truths])


@pytest.mark.parametrize("name", ["near_hides_far", "net_player_hides_far", "chair_hides_far"])
def test_a_far_player_is_hidden_for_a_while_and_seen_again(name: str) -> None:
    seen = shares(small(name), "far", range(0, 200, 5))

    assert seen.min() < 0.35
    assert seen.max() > 0.95


def test_partners_cross() -> None:
    script = write_script(SCENARIOS["doubles_crossing"])
    crossings = 0
    for first, second in ((0, 1), (2, 3)):
        ways = [
            np.array([p.walk.at(t)[0][0] for t in np.arange(0, 8, 0.1)])
            for p in (script.players[first], script.players[second])
        ]
        crossings += int(np.count_nonzero(np.diff(np.sign(ways[0] - ways[1]))))

    assert crossings >= 3


def test_ball_kids_run_over_the_court_and_behind_the_near_player() -> None:
    options = SCENARIOS["ball_kids"]
    kids = [p for p in officials_of(options, write_script(options)) if p.role == "ball_kid"]
    places = np.array([[k.place(t) for t in np.arange(0.3, 4.4, 0.1)] for k in kids])
    inside = (np.abs(places[..., 0]) < 5.4) & (np.abs(places[..., 1]) < 11.8)
    behind = (np.abs(places[..., 0]) < 4) & (places[..., 1] < -13) & (places[..., 1] > -16)

    assert inside.any(axis=1).sum() >= 2
    assert behind.any()


def test_shadows_are_longer_than_people() -> None:
    for name in ("long_shadows", "shadows_across"):
        sun = SCENARIOS[name].sun
        assert sun is not None

        assert np.hypot(*sun.slope) > 2


def test_the_near_player_leaves_the_picture_and_comes_back() -> None:
    rally = small("near_leaves")
    away = shares(rally, "near", range(0, 60, 10))
    present = shares(rally, "near", range(110, 170, 10))

    assert away.min() == 0
    assert present.min() > 0.9


def test_people_are_as_many_as_said() -> None:
    def everybody(name: str) -> list[PersonTruth]:
        truth = small(name).frame_truth(60)
        return [*truth.players, *truth.others]

    assert len(everybody("forty_people")) >= 40
    assert [p.role for p in everybody("practice")] == ["near"]
    assert everybody("nobody") == []


def test_in_an_empty_court_there_is_no_ball_either(tmp_path: object) -> None:
    rally = render_rally(replace(SCENARIOS["nobody"], size_wh=(192, 108), duration_s=0.2))
    write_labels(rally.truth, f"{tmp_path}/nobody")

    assert {f.ball.visibility for f in rally.truth.frames} == {0}
    assert rally.truth.hits == ()


def test_the_chair_covers_what_is_behind_it_and_nothing_else() -> None:
    options = replace(SCENARIOS["chair_hides_far"], size_wh=SIZE, noise=0.0)
    veil = chair_veil(Scene.build(options, reference_camera(options), 0.0, 25.0).geometry)
    assert veil is not None

    assert veil.cover.min() == pytest.approx(0, abs=1e-3)
    assert veil.cover.max() == pytest.approx(1, abs=1e-3)
    assert 0.1 < veil.cover.mean() < 0.8


def test_a_player_of_whom_little_is_seen_is_labelled_hidden(tmp_path: object) -> None:
    options = replace(SCENARIOS["net_player_hides_far"], size_wh=(240, 135), duration_s=3.0)
    truth = render_rally(options).truth
    write_labels(truth, f"{tmp_path}/x", boxes_every=4)
    with open(f"{tmp_path}/x/players.csv", encoding="utf-8") as file:
        codes = {line.rsplit(",", 1)[1].strip() for line in list(file)[1:]}
    least = min(p.visible_share for f in truth.frames[::4] for p in f.players)

    assert least < 0.3
    assert "3" in codes
