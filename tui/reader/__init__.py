"""Bytes to batches: finds event files, tails them, decodes their events."""
