"""Mutation testing: one thing in a function is changed at a time, and the changes that no test notices are listed."""
