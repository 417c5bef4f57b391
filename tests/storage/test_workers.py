"""Worker processes read videos from every storage and store their results there themselves."""

from pathlib import Path

import pytest

from storage.places import VIDEO, Place, first_frames


@pytest.mark.parametrize("place", ["gdrive", "gcs", "s3"], indirect=True)
def test_workers_store_the_same_bytes(place: Place, tmp_path: Path) -> None:
    place.put(VIDEO, first_frames(10, tmp_path / "rally.mp4"))
    stages = ["ingestion", "ball_detection"]
    place.run(*stages)
    results = [path for path in place.stored() if "rally" in path and path != VIDEO]
    before = {path: place.stored()[path] for path in results}
    for path in results:
        place.files.rm(f"{place.root}/{path}")

    place.run(*stages, parallel={"backend": "process", "workers": 1})

    assert {path: place.stored()[path] for path in results} == before
    assert len(results) == 3
