"""Columnar numpy storage of everything read, and the frozen snapshots that others see."""
