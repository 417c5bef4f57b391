import pytest

from tennalytix.metrics.label_cvat import read_cvat
from tennalytix.metrics.label_shapes import LabelShape

VIDEO = b"""<?xml version="1.0" encoding="utf-8"?>
<annotations><version>1.1</version><meta><task><name>rally</name></task></meta>
<track id="0" label="near" source="manual">
  <box frame="0" keyframe="1" outside="0" occluded="0" xtl="10.00" ytl="20.00" xbr="30.00" ybr="60.00" z_order="0"/>
  <box frame="1" keyframe="0" outside="0" occluded="1" xtl="11.00" ytl="20.00" xbr="31.00" ybr="60.00" z_order="0"/>
  <box frame="2" keyframe="1" outside="1" occluded="0" xtl="11.00" ytl="20.00" xbr="31.00" ybr="60.00" z_order="0"/>
</track>
<track id="1" label="ball" source="manual">
  <points frame="5" keyframe="1" outside="0" occluded="0" points="100.50,50.25" z_order="0">
    <attribute name="event">hit</attribute>
  </points>
</track>
</annotations>"""


def test_tracks_of_boxes_and_points_are_read() -> None:
    assert read_cvat(VIDEO, "rally.xml") == [
        LabelShape(0, "near", (10.0, 20.0, 30.0, 60.0)),
        LabelShape(1, "near", (11.0, 20.0, 31.0, 60.0), covered=True),
        LabelShape(2, "near", None),
        LabelShape(5, "ball", (100.5, 50.25, 100.5, 50.25), status="hit"),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"not xml", r"rally\.xml must be XML of CVAT for video 1\.1, got an error"),
        (b"<dataset/>", "got <dataset>"),
        (b"<annotations><image/></annotations>", "got CVAT for images. Export it in that format"),
        (b'<annotations><track label="far"><box frame="3" xtl="1"/></track></annotations>', "far in frame 3"),
        (b'<annotations><track label="ball"><points frame="3" points="1"/></track></annotations>', "ball in frame 3"),
    ],
)
def test_other_files_are_told_apart_in_a_sentence(content: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_cvat(content, "rally.xml")
