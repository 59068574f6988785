"""Tests beside real servers: S3, SSH, HTTP, a browser, a Dask cluster."""
