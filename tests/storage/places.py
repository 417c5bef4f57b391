"""Emulated storages as `tracking` sees them: by an overlay in `conf/` and variables of the environment."""

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import fsspec
import pytest
import requests
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project

from storage.fake_drive import FakeDrive
from storage.fault_proxy import Proxy

PROJECT = Path(__file__).parents[2]
SAMPLE = PROJECT / "data/01_raw/videos/sample_rally.mp4"
VIDEO = "01_raw/videos/rally.mp4"


@dataclass
class Place:
    """A storage root, and the requests that reach it.

    download/upload: what lines of requests that move a video down, or anything up, look like.
    """

    env: str
    root: str
    files: Any
    requests: list[str]
    fail: Callable[..., None]
    download: str
    upload: str
    refusal: Callable[[int, str], dict[str, Any]]
    secrets: Callable[[], list[str]] = list

    def put(self, path: str, content: bytes) -> None:
        self.files.pipe_file(f"{self.root}/{path}", content)

    def stored(self) -> dict[str, bytes]:
        """The content of every file by path below the root."""
        self.files.invalidate_cache()
        root = self.files._strip_protocol(self.root)
        return {path[len(root) + 1 :]: self.files.cat_file(path) for path in self.files.find(root)}

    def count(self, pattern: str, since: int = 0) -> int:
        return sum(bool(re.search(pattern, line)) for line in self.requests[since:])

    def run(self, *pipelines: str, **params: Any) -> None:
        run(self.env, self.root, *pipelines, **params)


def run(env: str | None, root: str, *pipelines: str, **params: Any) -> None:
    """As `kedro run --env=...` does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(PROJECT)
        patch.setattr(sys, "argv", ["kedro", "run"])
        patch.setenv("TENNALYTIX_ROOT", root)
        patch.delenv("TENNALYTIX_VIDEOS", raising=False)
        bootstrap_project(PROJECT)
        with KedroSession.create(project_path=PROJECT, env=env, runtime_params=params) as session:
            session.run(pipeline_names=list(pipelines or ["tracking"]))


def first_frames(count: int, path: Path) -> bytes:
    """The first frames of the sample, as a video."""
    with av.open(str(SAMPLE)) as source, av.open(str(path), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for _, packet in zip(range(count), source.demux(source.streams.video[0]), strict=False):
            packet.stream = stream
            target.mux(packet)
    return path.read_bytes()


def retry_at_once(patch: pytest.MonkeyPatch) -> None:
    """Has all file systems try again without waiting, and forget earlier instances."""
    gcsfs, s3fs = pytest.importorskip("gcsfs"), pytest.importorskip("s3fs")
    gcsfs.GCSFileSystem.clear_instance_cache()
    s3fs.S3FileSystem.clear_instance_cache()
    fsspec.get_filesystem_class("gdrive").clear_instance_cache()
    patch.setattr("tennalytix.datasets.drive_requests.MAX_WAIT_S", 0.001)
    patch.setattr("gcsfs.retry.min", lambda *_: 0.001, raising=False)
    patch.setattr("s3fs.core.min", lambda *_: 0.001, raising=False)
    patch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0.001)


def drive_place(drive: FakeDrive, key: Path, patch: pytest.MonkeyPatch) -> Place:
    folder = drive.add_shared_drive("Matches")
    patch.setenv("TENNALYTIX_DRIVE_TOKEN", str(key))
    patch.setenv("TENNALYTIX_DRIVE_FOLDER", folder.id)
    patch.setenv("TENNALYTIX_DRIVE_ENDPOINT", drive.url)
    return Place(
        env="gdrive",
        root="gdrive://tennis",
        files=fsspec.filesystem("gdrive", token=str(key), root_id=folder.id, endpoint_url=drive.url),
        requests=drive.requests,
        fail=drive.fail,
        download=r"alt=media.*\[rally\.mp4\]",
        upload="^(POST|PATCH) /upload",
        refusal=lambda status, reason: {"status": status, "reason": reason},
        secrets=lambda: [*key.read_text().split("\\n")[1:-2], *drive.tokens],
    )


def gcs_place(proxy: Proxy, bucket: str, patch: pytest.MonkeyPatch) -> Place:
    requests.post(f"{proxy.target}/storage/v1/b", json={"name": bucket}, timeout=10).raise_for_status()
    patch.setenv("STORAGE_EMULATOR_HOST", proxy.url)
    patch.setenv("TENNALYTIX_GCS_TOKEN", "anon")
    return Place(
        env="gcs",
        root=f"gs://{bucket}/tennis",
        files=fsspec.filesystem("gs", token="anon", endpoint_url=proxy.target),
        requests=proxy.requests,
        fail=proxy.fail,
        download=r"rally\.mp4\?alt=media",
        upload="^POST /upload",
        refusal=_google_refusal,
    )


def s3_place(proxy: Proxy, bucket: str, patch: pytest.MonkeyPatch) -> Place:
    requests.put(f"{proxy.target}/{bucket}", timeout=10).raise_for_status()
    secrets = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLEEXAMPLE", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCY"}
    for name, value in secrets.items():
        patch.setenv(name, value)
    patch.setenv("TENNALYTIX_S3_ENDPOINT", proxy.url)
    return Place(
        env="s3",
        root=f"s3://{bucket}/tennis",
        files=fsspec.filesystem("s3", endpoint_url=proxy.target),
        requests=proxy.requests,
        fail=proxy.fail,
        download=r"^GET .*rally\.mp4",
        upload="^PUT",
        refusal=_amazon_refusal,
        secrets=lambda: list(secrets.values()),
    )


def _google_refusal(status: int, reason: str) -> dict[str, Any]:
    return {"status": status, "body": b'{"error": {"code": %d, "message": "%s"}}' % (status, reason.encode())}


def _amazon_refusal(status: int, reason: str) -> dict[str, Any]:
    return {"status": status, "body": f"<Error><Code>{reason}</Code><Message>{reason}</Message></Error>".encode()}
