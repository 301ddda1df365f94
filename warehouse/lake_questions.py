"""Which SQL of strangers a lake answers: selects over its tables, and no function that reaches its database or files.

One file is shut off by the engine itself; a lake has to reach its own files, and the extensions bring functions that
write.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import duckdb

from warehouse.errors import QueryError

IS_LAKE = "select type = 'ducklake' from duckdb_databases() where database_name = current_database()"
OWN = {"metric_as_of", "newest_before", "newest_found", "newest_kept", "unsettled_series"}
HARMLESS = {"range", "generate_series", "unnest", "repeat", "json_each", "json_tree", "summary"}
BOOKS = {"duckdb_columns", "duckdb_tables", "duckdb_views", "duckdb_functions", "pragma_table_info"}
TABLE_FUNCTIONS = OWN | HARMLESS | BOOKS
ADDRESSES = {"duckdb_databases", "pragma_database_list"}
PLAIN = re.compile(r"(show( all)? tables|(describe|summarize|show)( table)? [\w.]+)\s*;?\s*", re.IGNORECASE)


def refuse_beyond_tables(connection: duckdb.DuckDBPyConnection, query: str) -> None:
    """Raise QueryError where a question to a lake reaches more than its tables; of one file nothing is asked."""
    if not connection.execute(IS_LAKE).fetchall()[0][0] or PLAIN.fullmatch(query.strip()):
        return
    said = json.loads(connection.execute("select json_serialize_sql($1)", [query]).fetchall()[0][0])
    if said["error"]:
        raise QueryError(
            f"a lake is asked with one select ({said['error_message']}); explain is for a warehouse in one file"
        )
    if beyond := sorted(set(_beyond(said))):
        raise QueryError(f"{beyond[0]} reaches more than the tables of the lake; `show tables` lists them")


def _beyond(node: Any) -> Iterator[str]:
    """Yield what a parsed query names that is no table of the warehouse."""
    if isinstance(node, list):
        for one in node:
            yield from _beyond(one)
    if not isinstance(node, dict):
        return
    if node.get("type") == "TABLE_FUNCTION":
        name = str(node["function"].get("function_name", "")).lower()
        if name not in TABLE_FUNCTIONS:
            yield name
    if str(node.get("function_name", "")).lower() == "current_setting":
        yield "current_setting"
    if str(node.get("table_name", "")).lower() in ADDRESSES:
        yield str(node["table_name"])
    if str(node.get("catalog_name", "")).lower() not in {"", "lake", "temp", "system"}:
        yield str(node["catalog_name"])
    for one in node.values():
        yield from _beyond(one)
