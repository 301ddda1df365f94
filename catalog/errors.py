"""Errors of the catalog: the person who wrote the file must act."""


class InputError(Exception):
    """Something a person handed in is wrong: the message names it and the next step; exit code 2."""


class CatalogError(InputError):
    """A catalog file is wrong: the message names the file, the key and what to change."""
