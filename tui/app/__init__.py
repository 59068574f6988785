"""The Textual app: the only App and Widget code."""
