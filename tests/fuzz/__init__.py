"""Fuzz targets: bytes go in, and nothing but what is promised may come out. `python -m tests.fuzz --help`."""
