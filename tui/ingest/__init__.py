"""Reader and watcher to store, on one thread."""
