"""docs/tables.md names every table and view, and its picture is that of the schema."""

import re

import duckdb

from tests.tables_picture import PAGE, with_picture
from tests.warehouse.builders import learned
from warehouse.migrate import migrate


def test_the_picture_is_that_of_the_schema():
    text = PAGE.read_text(encoding="utf-8")

    assert text == with_picture(text), "draw it anew: python -m tests.tables_picture"


def test_every_table_view_and_macro_is_told_of():
    with duckdb.connect() as connection:
        migrate(connection, learned(0))
        found = connection.sql(
            "select table_name from duckdb_tables() where not internal union "
            "select view_name from duckdb_views() where not internal union "
            "select function_name from duckdb_functions() where not internal and function_type = 'table_macro'"
        ).fetchall()

    told = set(re.findall(r"`(\w+)(?:\(.*?\))?`", PAGE.read_text(encoding="utf-8")))
    assert {name for (name,) in found} - told == set()
