from dataclasses import dataclass
from typing import Any, Literal

import pytest

from tennalytix.checks.names import ConfigurationError
from tennalytix.checks.option_types import build


@dataclass(frozen=True)
class Options:
    gap_s: float = 0.5
    count: int = 3
    cut: bool = True
    device: Literal["auto", "cpu"] = "auto"
    formats: tuple[Literal["csv", "mot"], ...] = ("csv",)
    sizes: list[int] | None = None
    address: str | None = None
    names: dict[str, str] | None = None

    def __post_init__(self) -> None:
        if self.count < 0:
            raise ValueError(f"count must not be negative, got {self.count}.")
        if self.address == "nowhere":
            raise ValueError("There is no such place.")


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"gap_s": 1, "count": 0, "cut": False},
        {"gap_s": 1.5, "device": "cpu", "formats": ["csv", "mot"], "sizes": None},
        {"sizes": [1, 2], "formats": ("mot",), "address": "tcp://10.0.0.5:8786", "names": {"near": "A"}},
    ],
)
def test_what_the_annotations_allow_is_built(given: dict[str, Any]) -> None:
    assert build("players", given, Options) == Options(**given)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"gap_s": "lots"}, "players.gap_s must be a number, got 'lots'."),
        ({"gap_s": True}, "players.gap_s must be a number, got true."),
        ({"gap_s": None}, "players.gap_s must be a number, got null."),
        ({"count": 2.5}, "players.count must be a whole number, got 2.5."),
        ({"count": False}, "players.count must be a whole number, got false."),
        ({"cut": "maybe"}, "players.cut must be true or false, got 'maybe'."),
        ({"cut": 1}, "players.cut must be true or false, got 1."),
        ({"device": "gpu"}, "players.device must be one of auto, cpu, got 'gpu'."),
        ({"formats": "csv"}, "players.formats must be a list, got 'csv'. Write [csv]."),
        ({"formats": ["xlsx"]}, "players.formats must be a list, each one of csv, mot, got ['xlsx']."),
        ({"sizes": [1, "a"]}, "players.sizes must be null or a list, each a whole number, got [1, 'a']."),
        ({"address": 5}, "players.address must be null or text, got 5."),
        ({"names": "A"}, "players.names must be null or a mapping, got 'A'."),
        ({"gap": 1}, "players.gap is no option. Did you mean gap_s?"),
        ({"count": -1}, "players.count must not be negative, got -1."),
        ({"address": "nowhere"}, "players: There is no such place."),
        (3, "players must be a group of options, got 3. Write players.<option>."),
        (None, "players must be a group of options, got null. Write players.<option>."),
    ],
)
def test_anything_else_is_one_sentence(given: object, said: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        build("players", given, Options)

    assert str(error.value) == said


class Detector:
    def __init__(self, weights: str, score: float = 0.5, size: Any = None) -> None:
        self.made_of = (weights, score, size)


class Free:
    def __init__(self, **options: Any) -> None:
        self.options = options


def test_classes_that_are_no_dataclasses_are_held_to_the_annotations_of_their_arguments() -> None:
    assert build("d", {"weights": "a.onnx", "size": object}, Detector).made_of == ("a.onnx", 0.5, object)
    assert build("d", {"whatever": 1}, Free).options == {"whatever": 1}
    with pytest.raises(ConfigurationError, match=r"^d\.score must be a number, got 'high'\.$"):
        build("d", {"weights": "a.onnx", "score": "high"}, Detector)
    with pytest.raises(ConfigurationError, match=r"^d\.weights must be given, got nothing\.$"):
        build("d", {}, Detector)
