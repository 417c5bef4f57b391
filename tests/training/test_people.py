from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from bright_people import crowd, sample_with
from tennalytix.training.options import FitOptions, PeopleOptions
from tennalytix.training.people import DetectionScore, score_people, train_people
from tennalytix.training.people_net import PeopleNet
from tennalytix.training.people_targets import targets_of
from tennalytix.training.samples import by_source

FIT = FitOptions(steps=4, validate_every=2, threads=1, device="cpu")
SMALL = PeopleOptions(crop_px=64, batch_size=2)


class Oracle(nn.Module):
    """Answers what it is told, whatever it sees."""

    def __init__(self, xyxy: list[list[float]], logit: float = 4.0, size_wh: tuple[int, int] = (320, 192)) -> None:
        super().__init__()
        self.anything = nn.Parameter(torch.zeros(1))
        self.targets = targets_of(size_wh, np.array(xyxy).reshape(-1, 4), np.zeros(len(xyxy), bool))
        self.logit = logit

    def forward(self, image: torch.Tensor, _: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        logits = torch.where(self.targets.centre, self.logit, -9.0)[None, None]
        return logits, torch.log(self.targets.ltrb.clamp(min=1e-3))[None]


A, B = (40, 40, 60, 100), (200, 60, 220, 120)
TRUE_A, TRUE_B = [39.5, 39.5, 59.5, 99.5], [199.5, 59.5, 219.5, 119.5]


def test_a_network_that_knows_everybody_scores_one() -> None:
    score = score_people(Oracle([TRUE_A, TRUE_B]), [sample_with([A, B])] * 2)

    assert score == DetectionScore(1.0, 1.0)
    assert score.f1 == pytest.approx(1)


@pytest.mark.parametrize(
    ("answers", "sample", "expected"),
    [
        ([TRUE_A], sample_with([A, B]), (1.0, 0.5)),
        ([TRUE_A, TRUE_B], sample_with([A]), (0.5, 1.0)),
        ([TRUE_A, TRUE_B], sample_with([A, B], ignored=(1,)), (1.0, 1.0)),
        ([TRUE_A], sample_with([A, B], ignored=(1,)), (1.0, 1.0)),
        ([[39.5, 39.5, 49.6, 99.5]], sample_with([A]), (1.0, 1.0)),
        ([[39.5, 39.5, 47.5, 99.5]], sample_with([A]), (0.0, 0.0)),
        ([], sample_with([A]), (0.0, 0.0)),
        ([TRUE_A], sample_with([]), (0.0, 0.0)),
        ([], sample_with([]), (0.0, 0.0)),
        ([TRUE_A], sample_with([A, (200, 60, 206, 70)]), (1.0, 1.0)),
        ([TRUE_A, [199.5, 59.5, 205.5, 69.5]], sample_with([A]), (1.0, 1.0)),
    ],
    ids=[
        "one missed",
        "one invented",
        "doubtful found",
        "doubtful not found",
        "half the box",
        "less than half",
        "nobody found",
        "invented where nobody is",
        "nobody at all",
        "a tiny one missed",
        "a tiny one invented",
    ],
)
def test_answers_are_counted(answers: list, sample, expected: tuple[float, float]) -> None:
    score = score_people(Oracle(answers), [sample])

    assert (score.precision, score.recall) == expected


def test_a_person_is_found_once() -> None:
    double = Oracle([TRUE_A, [35.5, 47.5, 55.5, 107.5]])

    assert score_people(double, [sample_with([A])]) == DetectionScore(0.5, 1.0)


def test_scores_below_the_threshold_do_not_count() -> None:
    unsure = Oracle([TRUE_A], logit=0.0)

    assert score_people(unsure, [sample_with([A])], threshold=0.4).recall == 1
    assert score_people(unsure, [sample_with([A])], threshold=0.6).recall == 0


def test_the_score_of_nothing_is_zero() -> None:
    assert DetectionScore(0.0, 0.0).f1 == 0


def test_pictures_of_any_size_are_scored() -> None:
    score = score_people(PeopleNet(), [sample_with([], size_wh=(162, 94)), sample_with([], size_wh=(33, 1002))])

    assert score.recall == 0


def test_sources_weigh_alike() -> None:
    groups = by_source([*crowd(5, "a"), *crowd(1, "b"), *crowd(2, "a")])

    assert sorted(len(group) for group in groups) == [1, 7]
    assert by_source([]) == []


def test_it_learns_bright_people_on_noise() -> None:
    options = PeopleOptions(crop_px=96, batch_size=6)
    fits = FitOptions(steps=100, validate_every=50, learning_rate=2e-2, average=0.85, threads=1, device="cpu")
    torch.manual_seed(0)
    small = PeopleNet(widths=(8, 16, 24, 24, 32))
    network, history = train_people(crowd(40, "a"), [], crowd(12, "held out", seed=9), options, fits, small)

    assert history.best_score > 0.8
    assert score_people(network, crowd(12, "unseen", seed=17)).f1 > 0.8


def test_the_same_options_train_the_same_network() -> None:
    def trained(seed: int) -> torch.Tensor:
        fits = replace(FIT, seed=seed)
        network, _ = train_people(crowd(4, "a"), crowd(4, "drawn"), crowd(1, "held out"), SMALL, fits)
        return torch.cat([value.flatten().float() for value in network.state_dict().values()])

    assert torch.equal(trained(0), trained(0))
    assert not torch.equal(trained(0), trained(1))


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_the_share_of_rendered_samples_decides_what_is_learnt_from(share: float) -> None:
    footage, rendered = crowd(3, "real"), crowd(3, "drawn", seed=5)
    options = replace(SMALL, rendered_share=share)

    def trained(*pools) -> tuple[tuple[int, float, float], ...]:
        return train_people(*pools, crowd(1, "held out"), options, FIT)[1].rows

    other = crowd(3, "other", seed=7)
    assert (trained(footage, rendered) == trained(footage, other)) == (share == 0)
    assert (trained(footage, rendered) == trained(other, rendered)) == (share == 1)


def test_rendered_samples_alone_will_do() -> None:
    _, history = train_people([], crowd(3, "drawn"), crowd(1, "held out"), SMALL, FIT)

    assert history.steps == 4


def test_it_goes_on_from_a_network() -> None:
    start = PeopleNet()
    start.load_state_dict(
        {key: value + (0.5 if key == "score.bias" else 0) for key, value in start.state_dict().items()}
    )
    # So small a rate that what it starts from is what it ends with.
    fits = replace(FIT, learning_rate=1e-12, weight_decay=0.0)
    network, _ = train_people(crowd(3, "a"), [], crowd(1, "held out"), SMALL, fits, start)

    assert float(network.state_dict()["score.bias"]) == pytest.approx(-4.1)


def test_nothing_to_learn_from_is_one_sentence() -> None:
    with pytest.raises(
        ValueError, match=r"^training must have samples, got none\. Put videos and people tables or labels"
    ):
        train_people([], [], crowd(1, "held out"), SMALL, FIT)


def test_nothing_to_measure_with_is_one_sentence() -> None:
    with pytest.raises(
        ValueError, match=r"^training must have samples of a court held out, got none\. Name a court in"
    ):
        train_people(crowd(1, "a"), [], [], SMALL, FIT)
