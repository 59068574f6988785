"""What stands between Textual and the terminal: only changed cells, in colours and characters that it has."""
