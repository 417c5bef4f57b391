"""No value of a credential gets into what a run says or stores."""

import base64
import logging
from pathlib import Path

import pytest
from kedro.io.core import DatasetError

from storage.places import VIDEO, Place, first_frames
from tennalytix.datasets import (
    ClipsDataset,
    FileDataset,
    FingerprintsDataset,
    ModelJSONDataset,
    PartitionsDataset,
    TableDataset,
    VideosDataset,
)
from tennalytix.datasets.storage import StoredFile

PROJECT = Path(__file__).parents[2]
SECRET = "GOCSPX-this-is-secret"  # pragma: allowlist secret


def shown(secrets: list[str], *texts: str) -> list[str]:
    """Those of the secrets, or of their encodings, that stand in a text."""
    forms = {secret: (secret, base64.b64encode(secret.encode()).decode()) for secret in secrets}
    return [secret for secret, known in forms.items() if any(form in text for form in known for text in texts)]


@pytest.mark.parametrize("place", ["gdrive", "s3"], indirect=True)
def test_neither_logs_nor_files_nor_the_review_page_hold_a_secret(
    place: Place, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    place.put(VIDEO, first_frames(4, tmp_path / "rally.mp4"))
    place.put("01_raw/videos/broken.mp4", b"no video")
    with caplog.at_level(logging.DEBUG, "tennalytix"), caplog.at_level(logging.DEBUG, "kedro"):
        place.fail("^GET", **place.refusal(503, "SlowDown"))
        place.run("__default__")
    stored = place.stored()

    assert {"08_reporting/review/index.html", "08_reporting/run_summary.json"} <= stored.keys()
    assert "broken.mp4" in stored["08_reporting/run_summary.json"].decode()
    assert len(place.secrets()) >= 2
    said = [caplog.text, *capfd.readouterr()]
    assert shown(place.secrets(), *said, *(content.decode("latin-1") for content in stored.values())) == []


@pytest.mark.parametrize("place", ["gdrive", "s3"], indirect=True)
@pytest.mark.parametrize(("status", "reason"), [(403, "AccessDenied"), (401, "ExpiredToken"), (500, "InternalError")])
def test_errors_hold_no_secret(
    place: Place, status: int, reason: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    place.fail("^(GET|HEAD)", times=999, **place.refusal(status, reason))
    with caplog.at_level(logging.DEBUG, "tennalytix"), pytest.raises(DatasetError) as caught:
        place.run("ingestion")

    assert shown(place.secrets(), str(caught.getrepr(style="long")), caplog.text, *capfd.readouterr()) == []


def test_datasets_that_are_printed_hold_no_secret() -> None:
    hidden = {"credentials": {"anonymous_secret": SECRET}}
    folder, file = "memory://bucket/tracks", "memory://bucket/tracks/a.json"
    model, table = "tennalytix.schema.tracks.Tracks", "tennalytix.core.tables.BallTable"
    datasets = [
        ClipsDataset(path=folder, videos={"path": folder}, **hidden),
        FileDataset(filepath=file, **hidden),
        FingerprintsDataset(path=folder, filename_suffix=".json", **hidden),
        ModelJSONDataset(filepath=file, model=model, **hidden),
        PartitionsDataset(path=folder, dataset="tennalytix.datasets.FileDataset", **hidden),
        TableDataset(filepath=file, table=table, **hidden),
        VideosDataset(path=folder, **hidden),
        StoredFile(file, hidden["credentials"]),
    ]

    assert [repr(dataset) for dataset in datasets if SECRET in repr(dataset) + str(dataset)] == []


def test_overlays_hold_references_only() -> None:
    files = sorted((PROJECT / "conf").glob("*/credentials.yml"))

    assert [path.parent.name for path in files if path.parent.name != "local"] == ["base", "gcs", "gdrive", "s3"]
    for path in files:
        lines = [line.partition("#")[0].strip() for line in path.read_text().splitlines()]
        named = [line for line in lines if line.startswith(("token", "key", "secret", "password", "root_id"))]
        assert all("${oc.env:" in line for line in named), path
