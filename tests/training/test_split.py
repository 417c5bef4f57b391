import pytest

from tennalytix.training.split import held_out

NAMES = [f"{court}_{k}" for court in ("rome", "paris", "wien", "halle", "basel") for k in range(4)]


def test_patterns_hold_out_what_they_fit() -> None:
    assert held_out(NAMES, ["rome*", "paris_2"]) == {"rome_0", "rome_1", "rome_2", "rome_3", "paris_2"}


def test_about_every_fifth_is_held_out_by_default() -> None:
    assert len(held_out(NAMES, [])) == 4
    assert len(held_out(["a", "b"], [])) == 1


def test_the_choice_hangs_on_names_alone() -> None:
    assert held_out(NAMES[::-1] + NAMES[:3], []) == held_out(NAMES, [])


@pytest.mark.parametrize(
    ("names", "patterns", "message"),
    [
        (
            [],
            [],
            r"^training must have videos in which people are known, got none\. Run tracking on them",
        ),
        (["a", "b"], ["c*"], r"^held_out must name videos that there are, got 'c\*'\. There are: a, b\."),
        (["a", "b"], ["*"], r"^held_out must leave videos to train with, got all of 2\. Add videos, or name fewer"),
        (["a"], [], r"^held_out must leave videos to train with, got all of 1\."),
    ],
)
def test_what_cannot_be_split_is_one_sentence(names: list[str], patterns: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        held_out(names, patterns)
