from tennalytix.metrics.ball import BallScores
from tennalytix.metrics.counts import Counts
from tennalytix.metrics.court import CourtScores
from tennalytix.metrics.events import EventScores, KindScores
from tennalytix.metrics.players import BoxScores, PlayerScores, RoleScores
from tennalytix.metrics.report import ClipScores
from tennalytix.metrics.table import scores_table

BALL = BallScores((5.0,), (Counts(3, 1, 2),), 5, (1.0, 2.0, 3.0))


def test_ball_table_by_hand() -> None:
    table = scores_table(
        [ClipScores("rally", ball=BALL), ClipScores("a longer name", ball=BallScores((5.0,), (Counts(),), 0, ()))]
    )

    assert table.splitlines() == [
        "### Ball (pixels of 1280x720)",
        "",
        "|               | seen | median px |  P@5 |  R@5 | F1@5 |",
        "| :------------ | ---: | --------: | ---: | ---: | ---: |",
        "| rally         |    5 |       2.0 | 0.75 | 0.60 | 0.67 |",
        "| a longer name |    0 |         – |    – |    – |    – |",
    ]


def test_every_kind_gets_a_table() -> None:
    role = RoleScores(4, 3, (0.5, 0.75), (1.0,), 2, 1, 1, 1)
    scores = ClipScores(
        "rally",
        players=PlayerScores(role, RoleScores(), BoxScores(9, 5, 1, 2, 1)),
        court=CourtScores(2, 1, (1.0, 3.0)),
        events=EventScores(KindScores(Counts(1, 0, 1), (0.02,)), KindScores(Counts(), ())),
    )
    lines = scores_table([scores]).splitlines()

    assert [line for line in lines if line.startswith("###")] == [
        "### Players (pixels of 1280x720)",
        "### Court (pixels of 1920x1080)",
        "### Hits and bounces",
    ]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| rally")]
    assert cells == [
        ["rally", "0.75", "0.62", "1.0", "–", "–", "–", "1", "1", "1", "2", "1", "2, 1"],
        ["rally", "2", "1", "2.0", "2.0", "3.0"],
        ["rally", "2", "1.00", "0.50", "0.67", "20", "0", "–", "–", "–", "–"],
    ]


def test_clips_without_labels_of_a_kind_have_no_row() -> None:
    assert scores_table([ClipScores("rally")]) == ""
    assert "bare" not in scores_table([ClipScores("rally", ball=BALL), ClipScores("bare")])
