import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project

from storage.fake_drive import FakeDrive, running
from tennalytix.datasets.drive_file_system import DriveFileSystem

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def drive() -> Iterator[FakeDrive]:
    with running() as service:
        yield service


@pytest.fixture
def open_drive(drive: FakeDrive) -> Callable[..., DriveFileSystem]:
    """A file system on the fake, with nothing remembered from earlier ones."""

    def make(**options: Any) -> DriveFileSystem:
        options = {"token": "anon", "endpoint_url": drive.url, "retry_wait_s": 0.001, **options}
        return DriveFileSystem(**options, skip_instance_cache=True)

    return make


@pytest.fixture
def files(open_drive: Callable[..., DriveFileSystem]) -> DriveFileSystem:
    return open_drive()


@pytest.fixture(scope="session")
def private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.fixture
def service_account(drive: FakeDrive, private_key: str, tmp_path: Path) -> Path:
    """The key file of a service account; the fake wants its tokens from then on."""
    drive.open_to_all = False
    key = tmp_path / "key.json"
    info = {
        "type": "service_account",
        "client_email": "tracker@project.iam.gserviceaccount.com",
        "private_key_id": "id-of-the-key",
        "private_key": private_key,
        "token_uri": f"{drive.url}/token",
    }
    key.write_text(json.dumps(info))
    return key


@pytest.fixture
def run_in(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Runs `tracking` of the real project in an environment, as the command line does."""
    monkeypatch.chdir(PROJECT)
    monkeypatch.setattr(sys, "argv", ["kedro", "run"])

    def run(env: str | None, root: str, **params: Any) -> None:
        monkeypatch.setenv("TENNALYTIX_ROOT", root)
        monkeypatch.delenv("TENNALYTIX_VIDEOS", raising=False)
        bootstrap_project(PROJECT)
        with KedroSession.create(project_path=PROJECT, env=env, runtime_params=params) as session:
            session.run(pipeline_names=["tracking"])

    return run
