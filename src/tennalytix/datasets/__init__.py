"""Kedro datasets: how videos, models, tables and tracks lie in storage."""

from tennalytix.datasets.clips import ClipsDataset
from tennalytix.datasets.detector import DetectorDataset
from tennalytix.datasets.file import FileDataset
from tennalytix.datasets.fingerprints import FingerprintsDataset
from tennalytix.datasets.model_json import ModelJSONDataset
from tennalytix.datasets.partitions import PartitionsDataset
from tennalytix.datasets.table import TableDataset
from tennalytix.datasets.videos import VideosDataset

__all__ = [
    "ClipsDataset",
    "DetectorDataset",
    "FileDataset",
    "FingerprintsDataset",
    "ModelJSONDataset",
    "PartitionsDataset",
    "TableDataset",
    "VideosDataset",
]
