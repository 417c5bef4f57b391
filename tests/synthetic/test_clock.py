from fractions import Fraction

import pytest

from tennalytix.synthetic.clock import Clock


def test_without_repeats_every_frame_is_an_exposure() -> None:
    clock = Clock(Fraction(30000, 1001))

    assert [clock.exposure_of(i) for i in range(5)] == [0, 1, 2, 3, 4]
    assert not any(clock.is_repeated(i) for i in range(50))
    assert clock.exposure_rate == clock.frame_rate
    assert clock.frame_position(clock.scene_time_s(17)) == pytest.approx(17)


def test_thirty_from_twenty_five_repeats_every_sixth() -> None:
    clock = Clock(Fraction(30), 6)
    repeated = [i for i in range(18) if clock.is_repeated(i)]

    assert repeated == [5, 11, 17]
    assert all(clock.exposure_of(i) == clock.exposure_of(i - 1) for i in repeated)
    assert clock.exposure_rate == 25
    assert len({clock.exposure_of(i) for i in range(18)}) == 15


def test_positions_pass_over_repeats() -> None:
    clock = Clock(Fraction(30), 6)
    distinct = [i for i in range(30) if not clock.is_repeated(i)]

    assert [clock.frame_position(clock.scene_time_s(i)) for i in distinct] == pytest.approx(distinct)
    assert clock.frame_position(4.5 / 25) == pytest.approx(5)
