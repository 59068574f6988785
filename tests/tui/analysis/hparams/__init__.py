"""Tests of hparams as columns."""
