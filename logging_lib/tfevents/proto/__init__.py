"""Generated protobuf code under package `tbtui`; CONTRIBUTING.md has the command that makes it."""
