"""What container images must hold; they are not built here."""

from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", ["Dockerfile", "Dockerfile.gpu"])
def test_images_hold_every_folder_that_kedro_asks_for(name: str) -> None:
    """`.dockerignore` leaves out what is in `conf/local`, and some builders with it the folder; Kedro fails without."""
    lines = (PROJECT / name).read_text().splitlines()
    conf = next(line.split()[-1] for line in lines if line.startswith("COPY conf "))

    assert f"ENV TENNALYTIX_CONF={conf} \\" in lines
    assert f"RUN mkdir -p {conf}/local" in lines[lines.index(f"COPY conf {conf}") :]
