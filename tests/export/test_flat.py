import json
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

import tennalytix
from tennalytix.export.flat import FLAT, write_flat_table
from tennalytix.schema.tracks import Tracks


@pytest.fixture
def tracks(tracked_sample: tuple[Path, dict]) -> Tracks:
    return tennalytix.load_tracks(str(tracked_sample[0] / "07_model_output/tracks/sample_rally__0000.json"))


def test_it_holds_what_the_tracks_hold(tracks: Tracks) -> None:
    table = tennalytix.tracks_table(tracks).to_pandas()
    players, ball = table[table.kind == "player"], table[table.kind == "ball"]

    assert len(players) == sum(len(f.players) for f in tracks.frames)
    assert list(ball.frame_index) == [f.frame_index for f in tracks.frames]
    assert ball.x_px.isna().tolist() == [f.ball is None for f in tracks.frames]
    assert len(table) == len(players) + len(ball) + len(tracks.events)
    frame = tracks.frames[40]
    near = players[(players.frame_index == 40) & (players.role == "near")].iloc[0]
    player = next(p for p in frame.players if p.role == "near")
    assert (near.x_px, near.y_px, near.x_m, near.y_m) == (*player.centre, *player.court_xy_m)
    hits = table[table.kind == "hit"]
    assert list(hits.role) == [e.player for e in tracks.events if e.kind == "hit"]


def test_rows_are_in_order_of_frame(tracks: Tracks) -> None:
    assert tennalytix.tracks_table(tracks)["frame_index"].to_pandas().is_monotonic_increasing


def test_clips_follow_one_another_in_a_file_that_pandas_reads(tracks: Tracks, tmp_path: Path) -> None:
    other = tracks.model_copy(update={"clip_id": "z__0000"})
    path = str(tmp_path / "tracks.parquet")
    rows = write_flat_table(iter([tracks, other]), path, lambda: "f1")
    table = pd.read_parquet(path)

    assert rows == len(table)
    assert list(table.columns) == FLAT.names
    assert list(dict.fromkeys(table.clip_id)) == [tracks.clip_id, "z__0000"]
    assert pq.read_metadata(path).metadata[b"fingerprint"] == b"f1"


def test_no_clips_make_an_empty_table_and_the_same_clips_the_same_bytes(tracks: Tracks, tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a", "b", "none")]
    for path in paths[:2]:
        write_flat_table([tracks], str(path), lambda: "f")

    assert write_flat_table([], str(paths[2]), lambda: "f") == 0
    assert pq.read_table(paths[2]).num_rows == 0
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_large_clips_are_written_in_several_groups(tracks: Tracks, tmp_path: Path) -> None:
    path = str(tmp_path / "t.parquet")
    rows = tennalytix.tracks_table(tracks).num_rows
    clips = 2 * 100_000 // rows + 2
    write_flat_table((tracks for _ in range(clips)), path, lambda: json.dumps({}))

    assert pq.ParquetFile(path).metadata.num_row_groups == 3
    assert pq.read_table(path, columns=["kind"]).num_rows == clips * rows
