import itertools
import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from storage import places
from storage.fake_drive import FakeDrive, running
from storage.fault_proxy import before
from tennalytix.datasets.drive_file_system import DriveFileSystem

NUMBERS = itertools.count(1)


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


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """The address of an emulated S3."""
    server = pytest.importorskip("moto.server").ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture(scope="session")
def gcs_server() -> Iterator[str]:
    """The address of an emulated Google Cloud Storage."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = pytest.importorskip("gcp_storage_emulator.server").create_server("127.0.0.1", port, in_memory=True)
    server.start()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
def place(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[places.Place]:
    """A storage of the kind that the test names, empty, with the environment that its overlay wants."""
    monkeypatch.setenv("TENNALYTIX_CACHE", str(tmp_path / "cache"))
    places.retry_at_once(monkeypatch)
    kind: str = request.param
    if kind == "gdrive":
        drive, key = request.getfixturevalue("drive"), request.getfixturevalue("service_account")
        yield places.drive_place(drive, key, monkeypatch)
        return
    with before(request.getfixturevalue(f"{kind}_server")) as proxy:
        make = places.s3_place if kind == "s3" else places.gcs_place
        yield make(proxy, f"tennis-{next(NUMBERS)}", monkeypatch)
