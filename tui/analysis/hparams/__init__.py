"""Hparams, pure: sessions as columns, filtered, sorted, grouped, correlated, and drawn on parallel axes."""
