"""Dated trackers and exports that somebody else kept: one file a kind, recognised by its header."""
