import pytest
import torch

from tennalytix.training.people_net import Answers, Context, PeopleNet, Residual


@pytest.fixture(scope="module")
def network() -> PeopleNet:
    torch.manual_seed(0)
    return PeopleNet().eval()


@pytest.mark.parametrize("size_hw", [(64, 64), (96, 160), (544, 960)])
def test_a_cell_for_every_eight_pixels(network: PeopleNet, size_hw: tuple[int, int]) -> None:
    height, width = size_hw
    with torch.no_grad():
        logits, boxes = network(torch.zeros(1, 3, height, width), torch.zeros(1, 2, height // 2, width // 2))

    assert logits.shape == (1, 1, height // 8, width // 8)
    assert boxes.shape == (1, 4, height // 8, width // 8)


def test_a_new_network_sees_hardly_anybody(network: PeopleNet) -> None:
    image = torch.randint(0, 256, (2, 3, 96, 96), dtype=torch.uint8)
    with torch.no_grad():
        score, ltrb = Answers(network)(image, image[:, :2, ::2, ::2])

    assert 0.005 < float(score.mean()) < 0.02
    assert ((ltrb > 0) & torch.isfinite(ltrb)).all()


def test_it_is_small() -> None:
    assert sum(p.numel() for p in PeopleNet().parameters()) * 4 < 5_000_000


def test_every_weight_learns() -> None:
    network = PeopleNet(widths=(4, 8, 8, 8, 8))
    logits, boxes = network(torch.rand(2, 3, 64, 64) * 255, torch.rand(2, 2, 32, 32) * 255)
    (logits.sum() + boxes.sum()).backward()  # type: ignore[no-untyped-call]

    assert all(p.grad is not None and torch.isfinite(p.grad).all() for p in network.parameters())


@pytest.mark.parametrize("block", [Residual, Context])
def test_blocks_keep_the_shape(block: type) -> None:
    x = torch.rand(1, 8, 6, 10)

    assert block(8).eval()(x).shape == x.shape
