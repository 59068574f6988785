"""The screen in a browser: a page, and for each browser tab a process with a screen. Needs the extra `serve`."""
