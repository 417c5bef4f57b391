import numpy as np
import pytest
from numpy.testing import assert_array_equal

from flying_balls import toy_sample
from tennalytix.training.ball_samples import ball_samples_from_bytes, ball_samples_to_bytes


def test_samples_come_back() -> None:
    rows = [toy_sample("paris", 3, ball=True), toy_sample("rome", 5, ball=False)]
    found = ball_samples_from_bytes(ball_samples_to_bytes(rows))

    for one, two in zip(rows, found, strict=True):
        assert (one.source, one.frame_index, one.empty, one.has_ball) == (
            two.source,
            two.frame_index,
            two.empty,
            two.has_ball,
        )
        assert_array_equal(one.windows, two.windows)
        assert_array_equal(one.xy, two.xy)


def test_no_samples_come_back_as_none() -> None:
    assert ball_samples_from_bytes(ball_samples_to_bytes([])) == []


def test_the_same_samples_give_the_same_bytes() -> None:
    assert ball_samples_to_bytes([toy_sample("a", 0, ball=True)]) == ball_samples_to_bytes(
        [toy_sample("a", 0, ball=True)]
    )


@pytest.mark.parametrize("data", [b"", b"no samples", ball_samples_to_bytes([toy_sample("a", 0, ball=True)])[:-400]])
def test_other_files_are_told(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"^samples must be a file that the training pipeline wrote, got "):
        ball_samples_from_bytes(data)


def test_files_with_other_arrays_are_told() -> None:
    import io  # noqa: PLC0415

    buffer = io.BytesIO()
    np.savez(buffer, source=np.array(["a"]))
    with pytest.raises(ValueError, match=r"^samples must be a file that the training pipeline wrote, got "):
        ball_samples_from_bytes(buffer.getvalue())
