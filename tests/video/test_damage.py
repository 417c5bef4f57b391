from collections.abc import Sequence
from fractions import Fraction

import av

from tennalytix.video.damage import LONGEST_GROUP, MAX_WAITING, DamageWatch, Evidence

IDLE = Evidence(0, False)


def packet(pts: int | None, key: bool = False) -> av.Packet:
    result = av.Packet(b"x")
    result.pts, result.time_base, result.is_keyframe = pts, Fraction(1, 25), key
    return result


def frame(pts: int | None) -> av.VideoFrame:
    result = av.VideoFrame(16, 16, "gray")
    result.pts = pts
    return result


def whole(watch: DamageWatch, pts: Sequence[int]) -> list[int]:
    """Those of the frames that come out which can be used."""
    used = []
    for k in pts:
        if watch.is_whole(frame(k)):
            watch.came(frame(k))
            used.append(k)
    return used


def test_all_frames_are_whole_where_nothing_is_wrong() -> None:
    watch = DamageWatch(0)
    for k in range(20):
        watch.sent(packet(k, key=k % 5 == 0))

    assert whole(watch, range(20)) == list(range(20))
    assert watch.ended() == IDLE


def test_from_a_damaged_packet_to_the_next_key_frame_nothing_is_used() -> None:
    watch = DamageWatch(0)
    for k in range(20):
        watch.sent(packet(k, key=k % 5 == 0))
        if k == 7:
            watch.failed()

    assert whole(watch, [k for k in range(20) if k != 7]) == [*range(7), *range(10, 20)]


def test_a_late_complaint_is_traced_back() -> None:
    watch = DamageWatch(delay=3)
    for k in range(20):
        watch.sent(packet(k, key=k % 10 == 0))
        if k == 12:  # about 9, the last before the key frame
            watch.failed()

    assert whole(watch, [k for k in range(20) if k != 9]) == [*range(9), *range(10, 20)]


def test_a_damaged_leading_frame_spoils_no_frame_after_the_key_frame() -> None:
    watch = DamageWatch(0)
    for pts, key in [(0, True), (3, False), (1, False), (2, False), (6, True), (4, False), (5, False), (7, False)]:
        watch.sent(packet(pts, key))
        if pts == 4:
            watch.failed()

    assert whole(watch, [0, 1, 2, 3, 5, 6, 7]) == [0, 1, 2, 3, 6, 7]


def test_leading_frames_lean_on_damage_before_the_key_frame() -> None:
    watch = DamageWatch(0)
    for pts, key in [(0, True), (3, False), (1, False), (2, False), (6, True), (4, False), (5, False), (7, False)]:
        watch.sent(packet(pts, key))
        if pts == 3:
            watch.failed()

    assert whole(watch, [0, 1, 2, 4, 5, 6, 7]) == [0, 6, 7]


def test_what_is_missing_is_told_with_the_next_frame() -> None:
    watch = DamageWatch(0)
    for k in range(6):
        watch.sent(packet(k, key=True))
        if k == 2:
            watch.failed()
    told = [watch.came(frame(k)) for k in (0, 3, 4)]

    assert told == [Evidence(0, True), Evidence(2, False), IDLE]
    assert watch.ended() == Evidence(1, False)


def test_without_times_complaints_are_counted() -> None:
    watch = DamageWatch(0)
    watch.sent(packet(None, key=True))
    watch.failed()

    assert not watch.is_whole(frame(None))
    watch.sent(packet(None, key=True))
    assert watch.is_whole(frame(None))
    assert watch.came(frame(None)) == Evidence(1, True)
    assert watch.came(frame(None)) == IDLE


def test_a_picture_without_key_frames_renews_itself() -> None:
    watch = DamageWatch(0)
    watch.sent(packet(0, key=True))
    watch.failed()
    for k in range(1, LONGEST_GROUP + 3):
        watch.sent(packet(k))

    assert whole(watch, range(LONGEST_GROUP - 1, LONGEST_GROUP + 3)) == [LONGEST_GROUP + 1, LONGEST_GROUP + 2]


def test_packets_that_never_come_out_do_not_pile_up() -> None:
    watch = DamageWatch(0)
    for k in range(3 * MAX_WAITING):
        watch.sent(packet(k))

    assert watch.ended().missing == MAX_WAITING
