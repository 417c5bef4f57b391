"""Tracks for other tools: tables, COCO, MOT, supervision."""
