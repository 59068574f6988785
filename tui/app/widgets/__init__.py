"""The widgets: each wraps a pure renderable of tui.render."""
