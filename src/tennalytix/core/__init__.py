"""Geometry, tables and time: NumPy and SciPy only."""
