"""Kedro datasets: how videos, models, tables and tracks lie in storage."""

import os

import fsspec

from tennalytix.datasets.clips import ClipsDataset
from tennalytix.datasets.detector import DetectorDataset
from tennalytix.datasets.file import FileDataset
from tennalytix.datasets.fingerprints import FingerprintsDataset
from tennalytix.datasets.model_json import ModelJSONDataset
from tennalytix.datasets.partitions import PartitionsDataset
from tennalytix.datasets.table import TableDataset
from tennalytix.datasets.videos import VideosDataset

# Google Drive by its address; the module is imported when it is first used (`pip install tennalytix[gdrive]`).
fsspec.register_implementation("gdrive", "tennalytix.datasets.drive_file_system.DriveFileSystem", clobber=True)
# Read when gcsfs is imported: without it a second service is asked about each bucket, for a minute where none answers.
os.environ.setdefault("GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT", "false")

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
