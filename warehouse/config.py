"""How DuckDB is set up: how much memory it takes, and what it may reach."""

from contextlib import suppress

import duckdb

Config = dict[str, str | bool | int | float | list[str]]

RELEASING: Config = {"allocator_flush_threshold": "4MB", "allocator_bulk_deallocation_flush_threshold": "4MB"}
"""What DuckDB frees goes back to the system at once, not from 128 or 512 MB on."""
WRITER: Config = {
    **RELEASING,
    "memory_limit": "2GB",
    "storage_compatibility_version": "v1.5.0",
    "preserve_insertion_order": "false",
}
FRUGAL: Config = {**WRITER, "memory_limit": "96MB", "threads": 1}
"""For what may bring very many rows while other things are in memory: past the limit DuckDB works on disk.
Not every step can, and raises OutOfMemoryException then."""
LOCKED_DOWN: Config = {
    **RELEASING,
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "memory_limit": "2GB",
}
IN_MEMORY: Config = {**LOCKED_DOWN, "temp_directory": ""}
"""For questions that may reach no file: what does not fit into memory is told as that, not as a refused file."""
LOCKED: Config = {**LOCKED_DOWN, "lock_configuration": "true"}


def work_in(connection: duckdb.DuckDBPyConnection, config: Config) -> None:
    """Give DuckDB so much memory and so many threads from now on; it lets go of more, and works on disk beyond it."""
    for name, value in config.items():
        connection.execute(f"set {name} = '{value}'")


def let_go(connection: duckdb.DuckDBPyConnection) -> None:
    """Free what DuckDB has read, as far as nothing holds it; `work_in` then says how much it may take again."""
    with suppress(duckdb.OutOfMemoryException):
        connection.execute("set memory_limit = '4MB'")
