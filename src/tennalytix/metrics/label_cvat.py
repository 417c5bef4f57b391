"""Labels from CVAT, exported as "CVAT for video 1.1" (https://docs.cvat.ai/docs/manual/advanced/xml_format/)."""

from collections.abc import Iterator
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

from tennalytix.metrics.label_shapes import LabelShape

_BOX = ("xtl", "ytl", "xbr", "ybr")
_STATUS_NAMES = ("status", "event")


def read_cvat(content: bytes, file: str) -> list[LabelShape]:
    """Boxes and points of all tracks, also those that CVAT interpolated.

    A ball may be a box or a point; an attribute `status` or `event` of it says hit or bounce.

    Raises:
        ValueError: not such a file.
    """
    try:
        root = ET.fromstring(content)
    except ET.ParseError as error:
        raise ValueError(f"{file} must be XML of CVAT for video 1.1, got an error: {error}. Export it anew.") from error
    if root.tag != "annotations":
        raise ValueError(f"{file} must be XML of CVAT for video 1.1, got <{root.tag}>. Export it in that format.")
    if root.find("image") is not None:
        raise ValueError(f"{file} must be CVAT for video 1.1, got CVAT for images. Export it in that format.")
    return [shape for track in root.iter("track") for shape in _shapes(track, file)]


def _shapes(track: Element, file: str) -> Iterator[LabelShape]:
    name = track.get("label", "")
    for node in track:
        if node.tag not in ("box", "points"):
            continue
        try:
            yield LabelShape(
                int(node.attrib["frame"]),
                name,
                None if node.get("outside") == "1" else _place(node),
                node.get("occluded") == "1",
                _status(node),
            )
        except (KeyError, ValueError) as error:
            frame = node.get("frame", "?")
            raise ValueError(f"{file} must have a place for {name} in frame {frame}, got {error}.") from error


def _place(node: Element) -> tuple[float, float, float, float]:
    if node.tag == "box":
        x1, y1, x2, y2 = (float(node.attrib[side]) for side in _BOX)
    else:
        first = node.attrib["points"].split(";")[0]
        x1, y1 = x2, y2 = tuple(float(v) for v in first.split(","))
    return x1, y1, x2, y2


def _status(node: Element) -> str:
    for attribute in node.findall("attribute"):
        if (attribute.get("name") or "").casefold() in _STATUS_NAMES and (attribute.text or "").strip():
            return (attribute.text or "").strip()
    return "flying"
