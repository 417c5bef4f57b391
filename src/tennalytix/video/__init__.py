"""Video in and out through PyAV, with exact time."""
