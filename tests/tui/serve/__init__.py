"""The screen in a browser, as far as neither a server nor a browser is needed."""
