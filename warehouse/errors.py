"""Errors of the warehouse, by who must act."""

from catalog.errors import InputError


class WarehouseError(Exception):
    """The store is not as this version needs it: the operator must act."""


class WarehouseBusyError(WarehouseError):
    """Another run is landing right now: try again when it has ended."""


class ConflictError(WarehouseBusyError):
    """Another program changed the same rows while we wrote: nothing of ours is in; it can be written again at once."""


class DamagedError(WarehouseError):
    """A file of the warehouse is not whole and cannot be made anew: bring back a kept copy."""


class ForeignError(WarehouseError):
    """A database lies there that is none of ours: name another file, or move it away."""


class NewerError(WarehouseError):
    """A newer version wrote the warehouse: update this one."""


class MigrationChangedError(WarehouseError):
    """An applied migration was edited: the developer adds a new file instead."""


class NoWarehouseError(InputError):
    """Nothing has been collected yet: run `speedscore nightly` first."""


class QueryError(InputError):
    """The SQL of the user cannot be run: the message is the database's own, with its hints."""
