import hashlib
import multiprocessing
import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import fsspec
import pytest

from tennalytix.detectors.weights import fetch_weights

BODY = bytes(range(256)) * 9000
"""More than one piece."""
DIGEST = hashlib.sha256(BODY).hexdigest()
OTHER = hashlib.sha256(b"other").hexdigest()
PAGE = b"<!DOCTYPE html><html><title>Google Drive - Virus scan warning</title></html>"


class Handler(BaseHTTPRequestHandler):
    """What a path gives is in its name."""

    requests: list[str]

    def do_GET(self) -> None:
        self.requests.append(self.path)
        name = self.path.partition("?")[0].rpartition("/")[2]
        status = {"none.onnx": 404, "secret.onnx": 403, "moved.onnx": 302, "broken.onnx": 500}.get(name, 200)
        body = PAGE if name == "page.onnx" else BODY
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/yolox.onnx")
        if name == "chunked.onnx":
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Content-Length", str(len(body) if status == 200 else 0))
        self.end_headers()
        if name == "chunked.onnx":
            body = b"%x\r\n" % len(BODY) + BODY[:100_000]
        if status == 200:
            self.wfile.write(body[: len(body) // 2] if name == "short.onnx" else body)

    def log_message(self, *args: object) -> None:
        """Nothing on the terminal."""


@pytest.fixture
def requests() -> list[str]:
    return []


@pytest.fixture
def server(requests: list[str]) -> Iterator[str]:
    handler = type("Handler", (Handler,), {"requests": requests})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        thread = Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()
        thread.join()


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir()) if folder.exists() else []


def test_a_local_file_is_checked_and_used_where_it_lies(tmp_path: Path) -> None:
    path = tmp_path / "a b.onnx"
    path.write_bytes(BODY)

    assert fetch_weights(str(path), DIGEST.upper(), tmp_path / "models") == path
    assert fetch_weights(f"file://{path}", DIGEST, tmp_path / "models") == path
    assert not (tmp_path / "models").exists()


def test_a_path_below_the_home_folder_is_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "yolox.onnx").write_bytes(BODY)

    assert fetch_weights("~/yolox.onnx", DIGEST, tmp_path) == tmp_path / "yolox.onnx"


def test_a_missing_local_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"Weights .*none\.onnx must be a file, got none"):
        fetch_weights(str(tmp_path / "none.onnx"), DIGEST, tmp_path)
    with pytest.raises(FileNotFoundError, match="must be a file"):
        fetch_weights(str(tmp_path), DIGEST, tmp_path)


def test_a_local_file_with_another_digest_is_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "yolox.onnx"
    path.write_bytes(b"other")

    with pytest.raises(ValueError, match=rf"yolox\.onnx must have sha256 {DIGEST}, got {OTHER}"):
        fetch_weights(str(path), DIGEST, tmp_path)
    assert path.read_bytes() == b"other"


@pytest.mark.parametrize("sha256", ["", "abc", "g" * 64, DIGEST + "0", DIGEST + "\n"])
def test_what_is_no_digest_is_refused(tmp_path: Path, sha256: str) -> None:
    with pytest.raises(ValueError, match="sha256 must be 64 hexadecimal digits"):
        fetch_weights(str(tmp_path / "yolox.onnx"), sha256, tmp_path)


def test_a_published_file_is_fetched_once(server: str, requests: list[str], tmp_path: Path) -> None:
    folder = tmp_path / "data" / "06_models"
    first = fetch_weights(f"{server}/v1/yolox.onnx?download=1", DIGEST, folder)
    second = fetch_weights(f"{server}/v1/yolox.onnx?download=1", DIGEST, folder)

    assert first == second == folder / f"yolox-{DIGEST[:8]}.onnx"
    assert first.read_bytes() == BODY
    assert names(folder) == [first.name]
    assert len(requests) == 1


def test_redirections_are_followed(server: str, tmp_path: Path) -> None:
    assert fetch_weights(f"{server}/moved.onnx", DIGEST, tmp_path).read_bytes() == BODY


def test_a_file_in_a_bucket_is_fetched(tmp_path: Path) -> None:
    with fsspec.open("memory://bucket/models/yolox.onnx", "wb") as file:
        file.write(BODY)
    path = fetch_weights("memory://bucket/models/yolox.onnx", DIGEST, tmp_path)
    fsspec.filesystem("memory").rm("/bucket", recursive=True)

    assert path.read_bytes() == BODY
    assert fetch_weights("memory://bucket/models/yolox.onnx", DIGEST, tmp_path) == path, "the copy does"


def test_a_file_that_is_not_in_its_bucket_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"memory://bucket/none\.onnx must be there, got nothing"):
        fetch_weights("memory://bucket/none.onnx", DIGEST, tmp_path)
    assert names(tmp_path) == []


def test_an_unknown_protocol_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="florb"):
        fetch_weights("florb://bucket/yolox.onnx", DIGEST, tmp_path)


@pytest.mark.parametrize(
    ("name", "kind", "sentence"),
    [
        ("none.onnx", FileNotFoundError, r"none\.onnx must be there, got HTTP status 404"),
        ("secret.onnx", ConnectionError, "got HTTP status 403"),
        ("broken.onnx", ConnectionError, "got HTTP status 500"),
        ("short.onnx", ConnectionError, f"broke off {len(BODY) // 2} bytes before its end"),
        ("chunked.onnx", ConnectionError, "broke off: IncompleteRead"),
        ("page.onnx", ValueError, "must give a file, got a web page. Fetch it with a browser"),
    ],
)
def test_what_a_server_gives_wrongly_is_one_sentence_and_leaves_nothing(
    server: str, tmp_path: Path, name: str, kind: type[Exception], sentence: str
) -> None:
    with pytest.raises(kind, match=sentence):
        fetch_weights(f"{server}/{name}", DIGEST, tmp_path)
    assert names(tmp_path) == []


def test_another_digest_is_refused_and_leaves_nothing(server: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=rf"yolox\.onnx must have sha256 {OTHER}, got {DIGEST}"):
        fetch_weights(f"{server}/yolox.onnx", OTHER, tmp_path)
    assert names(tmp_path) == []


def test_the_confirmation_page_of_google_drive_is_recognised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = fsspec.filesystem("memory")
    page.pipe_file("/page", PAGE)
    monkeypatch.setattr("tennalytix.detectors.weights.urlopen", lambda request, timeout: page.open("/page"))

    with pytest.raises(ValueError, match="got a web page, since Google Drive asks before it gives a large file"):
        fetch_weights("https://drive.google.com/uc?id=abc", DIGEST, tmp_path)
    assert names(tmp_path) == []


def test_a_refused_connection_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        uri = f"http://127.0.0.1:{taken.getsockname()[1]}/yolox.onnx"

        with pytest.raises(ConnectionError, match=r"yolox\.onnx cannot be reached: .*refused.* Check the network"):
            fetch_weights(uri, DIGEST, tmp_path)
    assert names(tmp_path) == []


def test_a_silent_server_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tennalytix.detectors.weights._TIMEOUT_S", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        uri = f"http://127.0.0.1:{silent.getsockname()[1]}/yolox.onnx"

        with pytest.raises(ConnectionError, match="cannot be reached"):
            fetch_weights(uri, DIGEST, tmp_path)


def test_secrets_in_an_address_are_not_told(server: str, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        fetch_weights(f"{server}/none.onnx?token=hunter2", DIGEST, tmp_path)
    assert "hunter2" not in str(caught.value)


def test_a_damaged_copy_is_refused_and_not_replaced(server: str, requests: list[str], tmp_path: Path) -> None:
    copy = fetch_weights(f"{server}/yolox.onnx", DIGEST, tmp_path)
    copy.write_bytes(BODY[:1000])

    with pytest.raises(ValueError, match="Delete it, and it is fetched anew"):
        fetch_weights(f"{server}/yolox.onnx", DIGEST, tmp_path)
    assert copy.read_bytes() == BODY[:1000]
    assert len(requests) == 1


def test_files_of_one_name_from_two_places_do_not_meet(server: str, tmp_path: Path) -> None:
    fsspec.filesystem("memory").pipe_file("/other/yolox.onnx", b"other")

    assert fetch_weights("memory://other/yolox.onnx", OTHER, tmp_path).read_bytes() == b"other"
    assert fetch_weights(f"{server}/yolox.onnx", DIGEST, tmp_path).read_bytes() == BODY


@pytest.mark.parametrize("address", ["/..", "/.hidden.onnx", "/%2e%2e%2fup.onnx", "/a%2fb.onnx", "/", ""])
def test_a_copy_stays_in_its_folder_whatever_the_address(server: str, tmp_path: Path, address: str) -> None:
    folder = tmp_path / "models"

    assert fetch_weights(f"{server}{address}", DIGEST, folder).parent == folder
    assert len(names(folder)) == 1
    assert not names(folder)[0].startswith(".")
    assert names(tmp_path) == ["models"]


def test_a_fetch_that_is_interrupted_leaves_nothing(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(source: object, uri: str) -> Iterator[bytes]:
        yield BODY[:1000]
        raise KeyboardInterrupt

    monkeypatch.setattr("tennalytix.detectors.weights._pieces", interrupted)

    with pytest.raises(KeyboardInterrupt):
        fetch_weights(f"{server}/yolox.onnx", DIGEST, tmp_path)
    assert names(tmp_path) == []


def fetch_slowly(server: str, folder: Path) -> None:
    """Stops for good in the middle of a fetch."""
    with socket.create_server(("127.0.0.1", 0)) as half:
        fetching = Thread(
            target=fetch_weights,
            args=(f"http://127.0.0.1:{half.getsockname()[1]}/yolox.onnx", DIGEST, folder),
            daemon=True,
        )
        fetching.start()
        client = half.accept()[0]
        client.recv(4096)
        client.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY[: 1 << 20])
        fetching.join()


def test_a_process_killed_in_a_fetch_leaves_no_file_of_the_final_name(server: str, tmp_path: Path) -> None:
    process = multiprocessing.get_context("spawn").Process(target=fetch_slowly, args=(server, tmp_path))
    process.start()
    while not names(tmp_path):
        process.join(0.02)
        assert process.is_alive()
    process.kill()
    process.join()

    assert all(name.startswith(".partial-") for name in names(tmp_path))
    assert fetch_weights(f"{server}/yolox.onnx", DIGEST, tmp_path).read_bytes() == BODY


def test_processes_that_fetch_at_once_all_get_the_file(server: str, requests: list[str], tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        paths = pool.starmap(fetch_weights, [(f"{server}/yolox.onnx", DIGEST, tmp_path)] * 6, chunksize=1)

    assert {p.read_bytes() for p in paths} == {BODY}
    assert names(tmp_path) == [paths[0].name]
