import logging
import time

import pytest
import torch
from torch import Tensor, nn

from tennalytix.training.fit import History, device_of, fit
from tennalytix.training.options import FitOptions


def options(**values) -> FitOptions:
    return FitOptions(
        **{"steps": 60, "validate_every": 20, "learning_rate": 0.05, "threads": 1, "device": "cpu"} | values
    )


def line_loss(network: nn.Module, number: int) -> Tensor:
    """Of y = 3 x on a batch that follows from the step's number."""
    x = torch.rand(16, 1, generator=torch.Generator().manual_seed(number))
    return ((network(x) - 3 * x) ** 2).mean()


def straight(network: nn.Module) -> float:
    x = torch.linspace(0, 1, 11)[:, None]
    with torch.no_grad():
        return -float(((network(x) - 3 * x) ** 2).mean())


def new_network(seed: int = 0) -> nn.Module:
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(1, 8), nn.ReLU(), nn.BatchNorm1d(8), nn.Linear(8, 1))


def train(**values) -> tuple[nn.Module, History]:
    return fit(new_network(), line_loss, straight, options(**values))


def state(network: nn.Module) -> Tensor:
    return torch.cat([value.flatten().float() for value in network.state_dict().values()])


def test_it_learns() -> None:
    network, history = train(steps=400, validate_every=100)

    assert straight(network) > -0.01
    assert history.best_score > straight(new_network().eval())
    assert history.rows[-1][1] < history.rows[0][1]


def test_the_same_options_give_the_same_weights() -> None:
    one, two = train(), train()

    assert torch.equal(state(one[0]), state(two[0]))
    assert one[1] == two[1]


def test_the_network_given_is_trained_and_the_averaged_one_returned() -> None:
    network = new_network()
    best, history = fit(network, line_loss, straight, options(average=0.9))

    assert history.best_step == 60
    assert not torch.equal(state(best), state(network))
    assert not best.training
    assert torch.isfinite(state(best)).all()


def test_without_averaging_the_last_weights_are_kept() -> None:
    network = new_network()
    best, _ = fit(network, line_loss, straight, options(average=0.0))

    assert torch.equal(state(best), state(network))


def test_every_validation_is_on_record() -> None:
    _, history = train(steps=50, validate_every=20)

    assert [step for step, _, _ in history.rows] == [20, 40, 50]
    assert history.steps == 50
    assert history.best_score == max(score for _, _, score in history.rows)


def test_the_best_one_is_kept() -> None:
    scores = iter([0.2, 0.9, 0.5, 0.4])
    seen: list[Tensor] = []

    def score(network: nn.Module) -> float:
        seen.append(state(network).clone())
        return next(scores)

    best, history = fit(new_network(), line_loss, score, options(steps=80, average=0.5))

    assert (history.best_step, history.best_score, history.steps) == (40, 0.9, 80)
    assert torch.equal(state(best), seen[1])
    assert not torch.equal(seen[1], seen[3])


def test_it_stops_early_when_nothing_gets_better(caplog: pytest.LogCaptureFixture) -> None:
    scores = iter([0.1, 0.5, 0.5, 0.4, 0.3, 0.9])
    with caplog.at_level(logging.INFO, logger="tennalytix"):
        _, history = fit(new_network(), line_loss, lambda _: next(scores), options(steps=1000, patience=3))

    assert (history.steps, history.best_step) == (100, 40)
    assert "No better network for 3 validations: training ends." in caplog.text


def test_patience_starts_anew_with_a_better_network() -> None:
    scores = iter([0.1, 0.0, 0.2, 0.0, 0.3, 0.0, 0.0])
    _, history = fit(new_network(), line_loss, lambda _: next(scores), options(steps=1000, patience=2))

    assert (history.steps, history.best_step) == (140, 100)


def test_it_stops_in_time_and_validates_what_it_has() -> None:
    start = time.monotonic()
    _, history = train(steps=10**9, validate_every=10**8, budget_min=0.3 / 60)

    assert time.monotonic() - start < 5
    assert 1 < history.steps < 10**6
    assert [row[0] for row in history.rows] == [history.steps]


def test_the_learning_rate_ends_at_nothing() -> None:
    taken: list[Tensor] = []

    def step(network: nn.Module, number: int) -> Tensor:
        taken.append(state(network[3]).clone())  # type: ignore[index]
        return line_loss(network, number)

    network = new_network()
    fit(network, step, straight, options(steps=400, patience=100))
    moved = [float((b - a).abs().max()) for a, b in zip(taken, [*taken[1:], state(network[3])], strict=True)]  # type: ignore[index]

    assert moved[-1] < 1e-6
    assert moved[0] < 0.02 * max(moved)


def test_a_single_step_is_a_training() -> None:
    _, history = train(steps=1, validate_every=100)

    assert [row[0] for row in history.rows] == [1]


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a CUDA device")
def test_a_device_that_is_not_there_is_one_sentence() -> None:
    with pytest.raises(ValueError, match=r"^device must be auto or cpu, got 'cuda', and Torch finds none\."):
        device_of(FitOptions(device="cuda"))

    assert device_of(FitOptions(device="auto")) == torch.device("cpu")
