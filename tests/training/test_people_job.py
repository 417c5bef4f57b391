"""From files of samples to a network with its papers: the report, the model card."""

import hashlib
import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from bright_people import crowd
from tennalytix.training.card import SourceEntry, model_card, report
from tennalytix.training.fit import History
from tennalytix.training.options import FitOptions, PeopleOptions
from tennalytix.training.people_job import CARD, Made, make_person_network
from tennalytix.training.people_samples import samples_to_bytes
from tennalytix.training.samples import SampleFile

OPTIONS = PeopleOptions(crop_px=64, batch_size=2, held_out=("rome",))
FIT = FitOptions(steps=4, validate_every=2, threads=1, device="cpu")


def weights_of(network: bytes) -> dict[str, np.ndarray]:
    return {t.name: onnx.numpy_helper.to_array(t) for t in onnx.load_model_from_string(network).graph.initializer}


def file_of(source: str, count: int = 2) -> SampleFile:
    samples = crowd(count, source)
    return SampleFile(source, hashlib.sha256(samples_to_bytes(samples)).hexdigest(), samples)


FOOTAGE = [file_of("paris"), file_of("rome", 1)]
RENDERED = [file_of("rendered_00000"), file_of("rendered_00001")]


@pytest.fixture(scope="module")
def made() -> Made:
    return make_person_network(FOOTAGE, RENDERED, {"rome"}, OPTIONS, FIT)


def test_the_report_names_the_network_by_its_digest(made: Made) -> None:
    network = made.report["network"]

    assert network["sha256"] == hashlib.sha256(made.network).hexdigest()  # type: ignore[index]
    assert network["bytes"] == len(made.network)  # type: ignore[index]
    assert network["8 bits: sha256"] == hashlib.sha256(made.quantised).hexdigest()  # type: ignore[index]


def test_the_report_is_plain_and_whole(made: Made) -> None:
    plain = json.loads(json.dumps(made.report))

    assert plain["options"] == asdict(OPTIONS) | {"held_out": ["rome"]}
    assert plain["fit"] == asdict(FIT)
    assert plain["history"]["steps"] == 4
    assert [row[0] for row in plain["history"]["rows"]] == [2, 4]
    assert set(plain["held_out_scores"]) == {
        f"score above {t}: {what}" for t in (0.2, 0.3, 0.4) for what in ("precision", "recall")
    } | {f"8 bits, score above 0.3: {what}" for what in ("precision", "recall")}


def test_every_source_is_told_with_its_digest_and_use(made: Made) -> None:
    sources = {entry["name"]: entry for entry in made.report["sources"]}  # type: ignore[attr-defined]

    assert {name: entry["held_out"] for name, entry in sources.items()} == {
        "paris": False,
        "rome": True,
        "2 rendered scenes": False,
    }
    assert sources["paris"]["sha256"] == FOOTAGE[0].sha256
    assert sources["paris"]["shown"] == sum(len(s.xyxy) for s in FOOTAGE[0].samples)
    assert sources["2 rendered scenes"]["samples"] == 4


def test_the_card_says_what_the_report_says(made: Made) -> None:
    assert f"| sha256 | {hashlib.sha256(made.network).hexdigest()} |" in made.card
    assert f"| measured on | `{FOOTAGE[1].sha256[:12]}` |" in made.card
    assert f"| trained with | `{FOOTAGE[0].sha256[:12]}` |" in made.card
    assert "| crop_px | 64 |" in made.card
    assert "## Limits" in made.card


def test_the_summary_is_one_sentence(made: Made) -> None:
    assert made.summary.startswith("best network at step ")
    assert "on 1 pictures held out precision 0." in made.summary


def test_what_was_random_before_does_not_matter(made: Made) -> None:
    torch.rand(7)
    again = make_person_network(FOOTAGE, RENDERED, {"rome"}, OPTIONS, FIT)

    assert again.network == made.network
    assert again.report == made.report


def test_it_goes_on_from_the_network_it_is_given(made: Made, tmp_path: Path) -> None:
    (tmp_path / "mine.onnx").write_bytes(made.network)
    options = replace(OPTIONS, start=str(tmp_path / "mine.onnx"))
    again = make_person_network(FOOTAGE, RENDERED, {"rome"}, options, replace(FIT, learning_rate=1e-12))
    before, after = (weights_of(content) for content in (made.network, again.network))

    # Only the statistics of the normalisations have moved.
    assert before.keys() == after.keys()
    for name, value in before.items():
        assert "running" in name or np.allclose(value, after[name], atol=1e-6), name


def test_without_rendered_scenes_none_are_told() -> None:
    made = make_person_network(FOOTAGE, [], {"rome"}, OPTIONS, FIT)

    assert "rendered scenes" not in made.card


def test_a_start_that_is_missing_is_one_sentence() -> None:
    options = PeopleOptions(start="nowhere.onnx")

    with pytest.raises(FileNotFoundError, match=r"^start must be null, shipped or an ONNX file, got nowhere\.onnx"):
        make_person_network(FOOTAGE, [], {"rome"}, options, FIT)


def test_numbers_on_a_card_are_rounded_but_small_ones_stay() -> None:
    history = History(4, 2, 0.5, ((2, 1.23456, 0.5),))
    facts = report([SourceEntry("paris", 3, 5, "ab" * 32, False)], history, {"recall": 0.123456}, OPTIONS, FIT, {})
    card = model_card(CARD, facts)

    assert "| recall | 0.1235 |" in card
    assert "| learning_rate | 0.002 |" in card
    assert "| 2 | 1.235 | 0.5000 |" in card
    assert "| paris | 3 | 5 | trained with | `abababababab` |" in card
