"""Reads what other tools log: wandb's offline runs, MLflow's file store, CSV, JSON lines, and a Trainer's state.

A format is a parser of bytes into rows of numbers, in a file of its own; `tail.py` follows a file that grows,
`whole.py` one that is written anew. What comes out are the same batches as those of event files.
"""
