"""The bitemporal store: one DuckDB file, numbered migrations, SQL in files."""

import sys
from importlib.util import find_spec

if "pandas" not in sys.modules and find_spec("pandas") is None:
    # DuckDB looks for pandas at every value that is bound; each search in vain takes a tenth of a millisecond.
    sys.modules["pandas"] = None  # type: ignore[assignment]
