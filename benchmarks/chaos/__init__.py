"""The screen while everything goes wrong around it: see `__main__`."""
