"""Speed and memory of all tracking stages on one video, against bare decoding of the same video in the same run."""

import argparse
import resource
import sys
from pathlib import Path
from statistics import median

from stopwatch import DECODE, DECODE_DEFAULT, Clock, decode_bare

from tennalytix import __version__
from tennalytix.core.tables import FrameTable
from tennalytix.detectors.ball_network import NetworkBallDetector
from tennalytix.detectors.court_lines import CourtLineDetector
from tennalytix.detectors.people_combined import CombinedPersonDetector
from tennalytix.pipelines.ball_detection.nodes import ball_table
from tennalytix.pipelines.memory import keep_freed_memory
from tennalytix.pipelines.player_detection.nodes import people_table
from tennalytix.schema.tracks import Provenance, Tracks, Video
from tennalytix.tracking.assemble import build_tracks
from tennalytix.tracking.events import find_events
from tennalytix.tracking.rally import follow_rally
from tennalytix.video.clip import Clip
from tennalytix.video.info import VideoInfo
from tennalytix.video.prefetch import prefetch
from tennalytix.video.scan import scan_frames
from tennalytix.video.source import VideoSource


def track(path: Path, clock: Clock) -> Tracks:
    source = VideoSource(str(path))
    info = source.probe()
    table: FrameTable = clock.time("scan", lambda: scan_frames(source))
    clip = Clip(f"{path.stem}__0000", source, table, info.size_wh)
    court = clock.time("court", lambda: CourtLineDetector().detect(clip))
    index = table.frame_index.tolist()
    people = clock.time(
        "people", lambda: people_table(index, list(CombinedPersonDetector().detect(prefetch(clip.frames()))))
    )
    ball = clock.time("ball", lambda: ball_table(index, list(NetworkBallDetector().detect(prefetch(clip.frames())))))

    def postprocess() -> Tracks:
        players, trajectory = follow_rally(people, ball, table, court, info.size_wh)
        events = find_events(trajectory, table, court, players, info.size_wh)
        made_by = Provenance(tennalytix=__version__, fingerprint="", models={})
        video = video_of(path, info, table)
        return build_tracks(clip.clip_id, video, table, court, players, trajectory, events, made_by, [])

    tracks: Tracks = clock.time("postprocessing", postprocess)
    return tracks


def video_of(path: Path, info: VideoInfo, table: FrameTable) -> Video:
    return Video(
        uri=path.name,
        sha256="",
        width=info.width,
        height=info.height,
        frame_rate=f"{info.frame_rate.numerator}/{info.frame_rate.denominator}",
        frame_count=len(table),
        duration_s=info.duration_s,
        codec=info.codec,
        rotation_deg=info.rotation_deg,
    )


def peak_rss_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak / 1024


def print_table(clock: Clock, frames: int) -> None:
    bare = (DECODE, DECODE_DEFAULT)
    stages = [s for s in clock.wall_s if s not in bare]
    rounds = len(clock.wall_s[DECODE])
    for times in (clock.wall_s, clock.cpu_s):
        times["all stages"] = [sum(times[s][i] for s in stages) for i in range(rounds)]
    print(f"{'':16} {'wall s':>8} {'frames/s':>9} {'wall ms/frame':>14} {'cpu ms/frame':>13}")
    for stage in (*bare, *stages, "all stages"):
        wall, cpu = median(clock.wall_s[stage]), median(clock.cpu_s[stage])
        print(f"{stage:16} {wall:8.2f} {frames / wall:9.1f} {1000 * wall / frames:14.2f} {1000 * cpu / frames:13.2f}")
    for stage, threads in ((DECODE, "thread_type AUTO"), (DECODE_DEFAULT, "PyAV's own threading")):
        shares = [100 * d / a for a, d in zip(clock.wall_s["all stages"], clock.wall_s[stage], strict=True)]
        by_round = ", ".join(f"{share:.1f}" for share in shares)
        print(
            f"all stages run at {median(shares):.1f} % of the rate of bare decoding, {threads} (by round: {by_round})"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("video", type=Path)
    parser.add_argument(
        "--rounds", type=int, default=3, help="decoding and tracking take turns this often; medians are shown"
    )
    options = parser.parse_args()
    keep_freed_memory()  # As in a run.
    clock, tracks = Clock(), None
    decode_bare(options.video)  # brings the file into the system's cache, so that the first round is like the others
    decoding_mb = peak_rss_mb()
    for _ in range(options.rounds):
        decoded = clock.time(DECODE, lambda: decode_bare(options.video))
        clock.time(DECODE_DEFAULT, lambda: decode_bare(options.video, auto=False))
        tracks = track(options.video, clock)
    if tracks is None:
        parser.error("--rounds must be at least 1.")
    video, summary = tracks.video, tracks.summary
    size = f"{video.width}x{video.height}, {video.codec}, {decoded} frames"
    print(f"{options.video.name}: {size}, median of {options.rounds} rounds")
    print_table(clock, decoded)
    print(f"peak memory {peak_rss_mb():.0f} MB (libraries and bare decoding alone: {decoding_mb:.0f} MB)")
    coverage = ", ".join(f"{part} {getattr(summary, f'{part}_coverage'):.2f}" for part in ("ball", "near", "far"))
    print(f"coverage: {coverage}; {len(tracks.events)} events")


if __name__ == "__main__":
    main()
