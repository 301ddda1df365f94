"""The bitemporal store: one DuckDB file, numbered migrations, SQL in files."""
