"""Moves a large file through each storage and prints the memory that takes.

    python benchmarks/storage_memory.py [--mib 1024] [--kind gdrive gcs s3]

The storages are emulated on loopback, each in a process of its own. Up is what stores an overlay video, down what
fetches a video to the cache. Memory is the growth of the moving process's peak after moving one byte each way.
"""

import argparse
import hashlib
import json
import logging
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
KINDS = ("gdrive", "gcs", "s3")
MIB = 2**20


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--mib", type=int, default=1024)
    parser.add_argument("--kind", nargs="+", choices=KINDS, default=KINDS)
    parser.add_argument("--serve", choices=KINDS)
    parser.add_argument("--move", nargs=2)
    given = parser.parse_args()
    if given.serve:
        serve(given.serve)
    elif given.move:
        print(json.dumps(move(*given.move, given.mib)))
    else:
        print(f"{'storage':8}{'MiB':>6}{'up s':>8}{'down s':>8}{'extra memory MiB':>18}{'same bytes':>12}")
        for kind in given.kind:
            found = measure(kind, given.mib)
            times = f"{found['up_s']:8.1f}{found['down_s']:8.1f}"
            print(f"{kind:8}{given.mib:6}{times}{found['extra_mib']:18.0f}{found['same']!s:>12}", flush=True)


def measure(kind: str, mib: int) -> dict:
    """Both processes of one storage."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT / 'tests'}"}
    me = [sys.executable, __file__]
    with subprocess.Popen([*me, "--serve", kind], env=environment, stdout=subprocess.PIPE, text=True) as server:
        try:
            url = server.stdout.readline().strip()
            command = [*me, "--move", kind, url, "--mib", str(mib)]
            answer = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
            return json.loads(answer.stdout.splitlines()[-1])
        finally:
            server.kill()


def serve(kind: str) -> None:
    """Runs an emulator until it is killed; prints its address."""
    logging.disable(logging.CRITICAL)
    with emulator(kind) as url:
        print(url, flush=True)
        while True:
            time.sleep(60)


@contextmanager
def emulator(kind: str):
    if kind == "gdrive":
        from storage.fake_drive import running  # noqa: PLC0415

        with running() as drive:
            yield drive.url
    elif kind == "s3":
        from moto.server import ThreadedMotoServer  # noqa: PLC0415

        server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        server.start()
        yield "http://{}:{}".format(*server.get_host_and_port())
    else:
        from gcp_storage_emulator.server import create_server  # noqa: PLC0415

        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        create_server("127.0.0.1", port, in_memory=False, data_dir=tempfile.mkdtemp(), default_bucket="tennis").start()
        yield f"http://127.0.0.1:{port}"


def move(kind: str, url: str, mib: int) -> dict:
    """Up and down again, by the classes that the pipelines use."""
    from tennalytix.datasets.storage import StoredFile  # noqa: PLC0415
    from tennalytix.datasets.videos import VideosDataset  # noqa: PLC0415

    root, options = where(kind, url)
    if kind == "s3":
        StoredFile(f"{root}/x", options).file_system.mkdir("tennis")
    with tempfile.TemporaryDirectory() as cache:

        def up(name: str, size: int) -> None:
            StoredFile(f"{root}/{name}/a.mp4", options).write_through(lambda path: write(Path(path), size))

        def down(name: str) -> str:
            videos = VideosDataset(path=f"{root}/{name}", credentials=options, cache_folder=cache)
            return digest(Path(videos.load()["a.mp4"].path))

        up("warm", 1)
        down("warm")
        before_kib, start_s = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
        up("large", mib * MIB)
        middle_s = time.perf_counter()
        got = down("large")
        end_s, after_kib = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        write(Path(cache) / "again", mib * MIB)
        same = got == digest(Path(cache) / "again")
    return {
        "up_s": middle_s - start_s,
        "down_s": end_s - middle_s,
        "extra_mib": (after_kib - before_kib) / 1024,
        "same": same,
    }


def where(kind: str, url: str) -> tuple[str, dict]:
    """Root and credentials as the overlays in `conf/` make them."""
    if kind == "gdrive":
        return "gdrive://tennis", {"token": "anon", "endpoint_url": url}
    if kind == "gcs":
        return "gs://tennis", {"token": "anon", "endpoint_url": url}
    return "s3://tennis", {"key": "k", "secret": "s", "endpoint_url": url, "max_concurrency": 1}


def write(path: Path, size: int) -> None:
    """Bytes that do not repeat where pieces begin."""
    block = hashlib.shake_256(b"tennis").digest(MIB + 1)
    with path.open("wb") as file:
        while size > 0:
            size -= file.write(block[:size])


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    main()
