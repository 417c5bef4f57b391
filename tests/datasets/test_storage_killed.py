"""Killed writers and full disks leave the old content, and the next write clears up."""

import random
import signal
import subprocess
import sys
import time

from tennalytix.datasets.storage import PARTIAL, StoredFile

WRITE_FOR_EVER = """
import sys
from tennalytix.datasets.storage import StoredFile
print("ready", flush=True)
while True:
    for letter in b"ab":
        StoredFile(sys.argv[1]).write(bytes([letter]) * 2_000_000)
"""
WRITE_TOO_MUCH = """
import resource, signal, sys
from tennalytix.datasets.storage import StoredFile
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    StoredFile(sys.argv[1]).write(bytes(5000))
except OSError:
    sys.exit(7)
"""


def test_killed_writers_leave_whole_files(tmp_path):
    target, rng = tmp_path / "x.json", random.Random(1)
    target.write_bytes(b"a" * 2_000_000)
    for _ in range(4):
        writer = subprocess.Popen([sys.executable, "-c", WRITE_FOR_EVER, str(target)], stdout=subprocess.PIPE)
        writer.stdout.readline()
        time.sleep(rng.uniform(0, 0.1))
        writer.send_signal(signal.SIGKILL)
        writer.communicate()
        assert target.read_bytes() in (b"a" * 2_000_000, b"b" * 2_000_000)
    (tmp_path / f"{PARTIAL}{writer.pid}.json").write_bytes(b"half")
    StoredFile(str(target)).write(b"new")
    assert [p.name for p in tmp_path.iterdir()] == ["x.json"]


def test_of_a_running_process_is_left_alone(tmp_path):
    other = tmp_path / f"{PARTIAL}1.json"
    other.write_bytes(b"half")
    StoredFile(str(tmp_path / "x.json")).write(b"new")
    assert other.exists()


def test_of_another_machine_is_left_alone(tmp_path):
    other = tmp_path / ".partial-elsewhere-4000000.json"
    other.write_bytes(b"half")
    StoredFile(str(tmp_path / "x.json")).write(b"new")
    assert other.exists()


def test_full_disk_keeps_the_old_content(tmp_path):
    target = tmp_path / "x.json"
    target.write_bytes(b"old")
    assert subprocess.run([sys.executable, "-c", WRITE_TOO_MUCH, str(target)], check=False).returncode == 7
    assert [p.name for p in tmp_path.iterdir()] == ["x.json"]
    assert target.read_bytes() == b"old"
