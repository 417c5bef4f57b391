import numpy as np

from tennalytix.tracking.people_chains import chain_people
from tennalytix.tracking.people_link import PersonTrack
from tennalytix.tracking.people_options import PlayerOptions

OPTIONS = PlayerOptions()


def track(first: int, last: int, x: float, height: float = 100.0) -> PersonTrack:
    frames = np.arange(first, last + 1)
    return PersonTrack(
        frames, frames, np.tile([x, 200.0, x + 40, 200 + height], (len(frames), 1)), np.ones(len(frames))
    )


def test_a_track_goes_on_in_the_one_that_begins_there(make_scene):
    tracks = [track(0, 40, 100), track(45, 90, 110), track(0, 90, 400)]

    person = chain_people(tracks, make_scene().frames, OPTIONS)

    assert person[0] == person[1] != person[2]


def test_one_that_has_begun_shortly_before_is_the_same_person(make_scene):
    person = chain_people([track(0, 40, 100), track(35, 90, 110)], make_scene().frames, OPTIONS)

    assert person[0] == person[1]


def test_chains_may_be_long(make_scene):
    tracks = [track(i, i + 8, 100 + i) for i in range(0, 100, 10)]

    assert len(set(chain_people(tracks, make_scene().frames, OPTIONS))) == 1


def test_far_away_late_or_unlike_is_another_person(make_scene):
    tracks = [track(0, 40, 100), track(42, 60, 300), track(80, 90, 100), track(42, 60, 100, height=30.0)]

    assert len(set(chain_people(tracks, make_scene().frames, OPTIONS))) == 4


def test_each_end_is_joined_once_and_to_the_nearest(make_scene):
    tracks = [track(0, 40, 100), track(42, 90, 105), track(42, 90, 120)]

    person = chain_people(tracks, make_scene().frames, OPTIONS)

    assert person[0] == person[1] != person[2]


def test_cuts_and_single_tracks(make_scene):
    scene = make_scene()
    scene.frames.segment[42:] = 1

    assert len(set(chain_people([track(0, 41, 100), track(42, 90, 100)], scene.frames, OPTIONS))) == 2
    assert chain_people([track(0, 9, 100)], scene.frames, OPTIONS).tolist() == [0]
    assert chain_people([], scene.frames, OPTIONS).tolist() == []
