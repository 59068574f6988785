"""Captured value -> Summary, one file a kind of data; all of it runs behind the queue."""
