"""From files of samples to a network with its papers: training, measure, export, report, card."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from drawn_frames import frames_of, ground
from flying_balls import toy_file, toy_sample
from tennalytix.detectors.ball_network import EMBEDDED, NetworkBallDetector
from tennalytix.detectors.onnx_session import open_network
from tennalytix.training.ball import BallAnswer, answer_ball, calibrated, train_ball
from tennalytix.training.ball_export import export_ball
from tennalytix.training.ball_job import MadeBall, make_ball_network
from tennalytix.training.ball_net import BallAnswers, BallNet
from tennalytix.training.checkpoint import network_from
from tennalytix.training.options import BallOptions, FitOptions
from tennalytix.training.samples import by_source

OPTIONS = BallOptions(batch_size=8, held_out=("rome",))
FIT = FitOptions(steps=4, validate_every=2, threads=1, device="cpu")
FOOTAGE = [toy_file("paris"), toy_file("rome", 6)]
RENDERED = [toy_file(f"rendered_{k:05d}", 4) for k in range(9)]


@pytest.fixture(scope="module")
def made() -> MadeBall:
    return make_ball_network(FOOTAGE, RENDERED, {"rome"}, OPTIONS, FIT)


def answer(score: list[float], right: list[bool], ball: list[bool]) -> BallAnswer:
    error = np.where(ball, 1.5, np.nan)
    return BallAnswer(np.array(score), np.array(right), np.array(ball), error)


def test_average_precision_is_of_the_order() -> None:
    assert answer([0.9, 0.8, 0.1], [True, True, False], [True, True, False]).average_precision == 1
    assert answer([0.1, 0.2, 0.9], [True, True, False], [True, True, False]).average_precision == pytest.approx(7 / 12)
    assert answer([0.9, 0.8], [True, False], [True, True]).average_precision == 0.5
    assert answer([0.9], [False], [False]).average_precision == 0
    assert answer([0.9, 0.8], [True, False], [True, False]).median_error_px == 1.5


def test_it_learns_to_tell_balls_from_what_stays() -> None:
    learnt = [toy_sample("paris", k, ball=k % 2 == 0) for k in range(60)]
    unseen = [toy_sample("rome", k, ball=k % 2 == 0) for k in range(40)]
    fits = FitOptions(steps=60, validate_every=60, threads=1, device="cpu", average=0.8, learning_rate=5e-3)
    network, history = train_ball(learnt, [], unseen, BallOptions(batch_size=16, drawn_share=0), fits)
    found = answer_ball(network, unseen)

    assert history.best_score == pytest.approx(found.average_precision)
    assert found.average_precision > 0.9
    assert found.median_error_px < 2


def test_scores_become_shares_of_right_answers() -> None:
    rng = np.random.default_rng(0)
    logit = rng.normal(0, 2, 4000)
    right = rng.random(4000) < 1 / (1 + np.exp(-(2 * logit - 1)))
    found = BallAnswer(1 / (1 + np.exp(-logit)), right, right, np.where(right, 1.0, np.nan))
    answers = calibrated(BallNet(), found)

    assert float(answers.steepness) == pytest.approx(2, abs=0.15)
    assert float(answers.shift) == pytest.approx(-1, abs=0.15)


def test_sources_weigh_alike() -> None:
    rows = [toy_sample("a", 0, ball=True), toy_sample("b", 0, ball=True), toy_sample("a", 1, ball=True)]

    assert [[s.frame_index for s in group] for group in by_source(rows)] == [[0, 1], [0]]


def test_without_samples_there_is_nothing_to_learn() -> None:
    with pytest.raises(ValueError, match=r"^training must have samples of the ball, got none\."):
        train_ball([], [], FOOTAGE[0].samples)
    with pytest.raises(ValueError, match=r"^training must have balls on a court held out, got none\."):
        train_ball(FOOTAGE[0].samples, [], [toy_sample("rome", 1, ball=False)])


def test_the_exported_network_answers_as_the_trained_one() -> None:
    torch.manual_seed(3)
    answers = BallAnswers(BallNet()).eval()
    answers.steepness.fill_(1.3)
    content = export_ball(answers)
    windows = np.random.default_rng(0).integers(0, 256, (4, 7, 64, 64), dtype=np.uint8)
    opened = open_network(content, inputs=((None, 7, None, None),), outputs=((None, None, None), (None, 2, None, None)))
    with torch.no_grad():
        wanted = answers(torch.from_numpy(windows))

    for got, want in zip(opened.run(windows), wanted, strict=True):
        assert_allclose(got, want.numpy(), atol=1e-4)


def test_training_goes_on_from_a_file(made: MadeBall, tmp_path: Path) -> None:
    path = tmp_path / "ball.onnx"
    path.write_bytes(made.network)
    again = BallAnswers(network_from(str(path), EMBEDDED, BallNet())).eval()
    windows = torch.randint(0, 256, (1, 7, 64, 64), dtype=torch.uint8)
    opened = open_network(
        made.network, inputs=((None, 7, None, None),), outputs=((None, None, None), (None, 2, None, None))
    )

    with torch.no_grad():
        assert_allclose(opened.run(windows.numpy())[1], again(windows)[1].numpy(), atol=1e-4)
    with pytest.raises(FileNotFoundError, match=r"^start must be null, shipped or an ONNX file, got .*none\.onnx"):
        network_from(str(tmp_path / "none.onnx"), EMBEDDED, BallNet())
    path.write_bytes(b"no network")
    with pytest.raises(ValueError, match=r"ball\.onnx must be an ONNX file, got none"):
        network_from(str(path), EMBEDDED, BallNet())


def test_the_detector_runs_what_was_made(made: MadeBall, tmp_path: Path) -> None:
    path = tmp_path / "ball.onnx"
    path.write_bytes(made.network)
    digest = made.report["network"]["sha256"]  # type: ignore[index]
    detector = NetworkBallDetector(weights=str(path), weights_sha256=digest, threads=1)

    assert digest == hashlib.sha256(made.network).hexdigest()
    assert len(list(detector.detect(frames_of([ground((160, 90), seed=k) for k in range(3)])))) == 3


def test_report_and_card_tell_what_it_was_made_from(made: MadeBall) -> None:
    plain = json.loads(json.dumps(made.report))
    sources = {(s["name"], s["held_out"]): s for s in plain["sources"]}

    assert set(sources) == {("paris", False), ("rome", True), ("8 rendered scenes", False), ("1 rendered scenes", True)}
    assert sources["paris", False]["shown"] == 6
    assert sources["paris", False]["sha256"] == FOOTAGE[0].sha256
    assert plain["history"]["steps"] == 4
    assert set(plain["held_out_scores"]) == {"average precision", "median error, pixels"}
    assert plain["network"]["sha256"] in made.card
    assert f"| measured on | `{FOOTAGE[1].sha256[:12]}` |" in made.card
    assert "## Limits" in made.card


def test_the_same_samples_and_options_give_the_same_network(made: MadeBall) -> None:
    assert make_ball_network(FOOTAGE, RENDERED, {"rome"}, OPTIONS, FIT).network == made.network
