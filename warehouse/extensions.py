"""DuckDB's extensions out of the packages of the extra `lake`: nothing is downloaded when speedscore runs."""

from importlib.util import find_spec
from pathlib import Path

import duckdb

from warehouse.errors import WarehouseError

OF_LAKES, OF_STORES = ("ducklake", "postgres_scanner"), ("httpfs",)


def load_extensions(connection: duckdb.DuckDBPyConnection, *, is_remote: bool) -> None:
    """Load what a lake needs, `httpfs` too where its files lie in an object store; raise WarehouseError."""
    for name in (*OF_LAKES, *(OF_STORES if is_remote else ())):
        try:
            connection.execute(f"load '{_file_of(name)}'")
        except duckdb.Error as error:
            said = str(error).strip().partition("\n")[0]
            raise WarehouseError(f"DuckDB {duckdb.__version__} cannot load its extension {name}: {said}") from error


def _file_of(name: str) -> Path:
    """Return the file of an extension for the DuckDB that runs."""
    package = find_spec(f"duckdb_extension_{name}")
    if package is None or package.origin is None:
        raise WarehouseError("a lake needs an extra that is not installed; next: pip install 'speedscore[lake]'")
    file = Path(package.origin).parent / f"extensions/v{duckdb.__version__}/{name}.duckdb_extension"
    if not file.exists():
        has = sorted(one.parent.name for one in Path(package.origin).parent.glob(f"extensions/*/{file.name}"))
        raise WarehouseError(
            f"the extension {name} is for DuckDB {', '.join(has) or 'no version'} and this is {duckdb.__version__}; "
            "next: pip install 'speedscore[lake]'"
        )
    return file
