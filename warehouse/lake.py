"""A warehouse for a team: DuckLake, its catalog in PostgreSQL, its rows as Parquet in a folder or an object store.

Everything that differs from the one-file warehouse stands here: its address, how it is opened, who may write, and what
of the migrations it cannot keep.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import tomli
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from catalog.errors import InputError
from catalog.text import text_of
from warehouse.errors import ConflictError, NoWarehouseError, WarehouseBusyError, WarehouseError
from warehouse.extensions import load_extensions
from warehouse.migrate import migrations

SUFFIX = ".lake"
CONFIG: dict[str, Any] = {
    "memory_limit": "2GB",
    "preserve_insertion_order": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
}
WRITERS_LOCK = 7_333_764_267  # any number that no other program in the catalog's database locks
CHECK = re.compile(r"\s+check \((?:[^()]|\([^()]*\))*\)")
SEQUENCE = re.compile(r"^create sequence \w+;\n?", re.MULTILINE)
MACRO_COMMENT = re.compile(r"^comment on macro (?:table )?\w+ is '(?:[^']|'')*';\n?", re.MULTILINE)
VIEW = re.compile(r"^create (?:or replace )?view (\w+)", re.MULTILINE)
COLUMN_COMMENT = re.compile(r"^comment on column (\w+)\.\w+ is '(?:[^']|'')*';\n?", re.MULTILINE)
CONFLICT = re.compile(r"conflict|another transaction", re.IGNORECASE)
NO_SNAPSHOT = re.compile(r"No snapshot found|Failed to cast value")
NOT_THERE = re.compile(r"Existing DuckLake at metadata catalog .* does not exist", re.IGNORECASE)


class S3(BaseModel):
    """How an object store is reached; keys come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    endpoint: str | None = None
    region: str | None = None
    url_style: str | None = None
    use_ssl: bool | None = None


class Lake(BaseModel):
    """The address of a lake: the catalog's database in libpq's words, and where its Parquet files lie."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    catalog: str = Field(min_length=1)
    data: str = Field(min_length=1)
    s3: S3 = S3()

    @property
    def is_remote(self) -> bool:
        """Whether the files lie in an object store."""
        return "://" in self.data


def is_lake(published: Path) -> bool:
    """Return whether a warehouse is a lake: its path is that of a small file that says where the lake is."""
    return published.suffix == SUFFIX


def read_lake(published: Path) -> Lake:
    """Return the address that a file holds; a folder is taken from where the file lies. Raise InputError."""
    try:
        lake = Lake.model_validate(tomli.loads(text_of(published)))
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(f"{published}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    except (ValueError, OSError) as error:
        raise InputError(f"{published} is no address of a lake ({error}); it needs `catalog` and `data`") from error
    if lake.is_remote:
        return lake
    return lake.model_copy(update={"data": str(published.parent.resolve() / Path(lake.data).expanduser())})


@contextmanager
def opened_lake(published: Path, *, as_of: str | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a lake for reading, as the default database of a connection.

    `as_of` is the number of a snapshot, or a moment: what was there then is read. Raise NoWarehouseError where nothing
    has landed, InputError where there is no such snapshot, WarehouseError where the lake cannot be reached.
    """
    lake = read_lake(published)
    with _connected(lake) as connection:
        try:
            _use(connection, lake, published, _attach(lake, "lake", read_only=True, as_of=as_of))
        except WarehouseError as error:
            if as_of and NO_SNAPSHOT.search(str(error)):
                told = "name one by its number, or a moment in UTC since the first, such as 2026-11-20 06:00:00"
                raise InputError(f"the lake has no snapshot {as_of!r}; {told}") from error
            raise
        yield connection


@contextmanager
def written_lake(published: Path, patience_s: float) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a lake for its one writer, made where it is not there; raise WarehouseBusyError, or WarehouseError."""
    lake = read_lake(published)
    with _connected(lake) as connection, _alone(connection, lake, published, patience_s):
        _use(connection, lake, published, _attach(lake, "lake", read_only=False))
        yield connection


@contextmanager
def _connected(lake: Lake) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect(config=CONFIG)
    try:
        load_extensions(connection, is_remote=lake.is_remote)
        _reach_store(connection, lake)
        yield connection
    finally:
        connection.close()


def _use(connection: duckdb.DuckDBPyConnection, lake: Lake, published: Path, attaching: str) -> None:
    try:
        connection.execute(attaching)
    except duckdb.Error as error:
        if NOT_THERE.search(str(error)):
            raise NoWarehouseError(f"nothing has landed in the lake of {published} yet") from error
        raise WarehouseError(_why(published, lake, error)) from error
    connection.execute("use lake")


def attach_beside(connection: duckdb.DuckDBPyConnection, source: Path, name: str) -> None:
    """Let a connection read another warehouse, a file or a lake, under a name."""
    if not is_lake(source):
        connection.execute(f"attach {_quoted(str(source))} as {name} (read_only)")
        return
    lake = read_lake(source)
    load_extensions(connection, is_remote=lake.is_remote)
    _reach_store(connection, lake)
    connection.execute(_attach(lake, name, read_only=True))


def _attach(lake: Lake, name: str, *, read_only: bool, as_of: str | None = None) -> str:
    if not lake.is_remote and not read_only:
        Path(lake.data).mkdir(parents=True, exist_ok=True)
    options = [f"data_path {_quoted(lake.data)}"]
    if read_only or as_of:
        options += ["read_only", "create_if_not_exists false"]
    if as_of:
        options.append(f"snapshot_version {as_of}" if as_of.isdigit() else f"snapshot_time {_quoted(as_of)}")
    return f"attach {_quoted(f'ducklake:postgres:{lake.catalog}')} as {name} ({', '.join(options)})"


def _reach_store(connection: duckdb.DuckDBPyConnection, lake: Lake) -> None:
    for name, value in lake.s3.model_dump(exclude_none=True).items():
        connection.execute(f"set s3_{name} = {_quoted(str(value))}")


def _why(published: Path, lake: Lake, error: duckdb.Error) -> str:
    """Return why a lake cannot be opened, without the password that an address may hold."""
    said = str(error).strip().partition("\n")[0].replace(lake.catalog, "...")
    said = re.sub(r"password=\S+", "password=...", said)
    return f"the lake of {published} cannot be opened: {said}; next: see that its database and its files can be reached"


@contextmanager
def _alone(connection: duckdb.DuckDBPyConnection, lake: Lake, published: Path, patience_s: float) -> Iterator[None]:
    """Keep every other writer out, on whichever machine, for a block; the database lets go where this process dies.

    Waits up to `patience_s`, then raises WarehouseBusyError.
    """
    guard = connection.cursor()
    try:
        guard.execute(f"attach {_quoted(lake.catalog)} as guard (type postgres)")
        guard.execute("begin")
        _say(guard, f"set local lock_timeout = {max(1, round(patience_s * 1000))}")
        _say(guard, f"do $$ begin perform pg_advisory_xact_lock({WRITERS_LOCK}); end $$")
    except duckdb.Error as error:
        guard.close()
        if "lock timeout" in str(error):
            told = f"the lake of {published} is being written by another run; try again when it ends"
            raise WarehouseBusyError(told) from error
        raise WarehouseError(_why(published, lake, error)) from error
    try:
        yield
    finally:
        guard.execute("rollback")
        guard.execute("detach guard")
        guard.close()


def _say(guard: duckdb.DuckDBPyConnection, statement: str) -> None:
    guard.execute(f"call postgres_execute('guard', {_quoted(statement)})")


def shut_off(connection: duckdb.DuckDBPyConnection, published: Path) -> None:
    """Let a connection reach the files of the lake and no others, for as long as it is open."""
    folder = read_lake(published).data.rstrip("/") + "/"
    connection.execute(f"set allowed_directories = [{_quoted(folder)}]")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")


def snapshot_of(connection: duckdb.DuckDBPyConnection) -> int:
    """Return the number of the newest snapshot of an open lake."""
    return int(connection.execute("from ducklake_current_snapshot('lake')").fetchall()[0][0])


def for_lake(text: str) -> str:
    """Return a migration without what DuckLake cannot keep: checks, sequences, remarks on macros and views' columns."""
    for lost in (SEQUENCE, CHECK, MACRO_COMMENT):
        text = lost.sub("", text)
    return COLUMN_COMMENT.sub(lambda found: "" if found[1] in _views() else found[0], text)


@cache
def _views() -> frozenset[str]:
    return frozenset(name for _, text in migrations() for name in VIEW.findall(text))


def as_conflict(error: duckdb.Error) -> duckdb.Error | ConflictError:
    """Return the error of a commit as what it means: another program wrote into the same rows of the lake meanwhile."""
    if isinstance(error, duckdb.TransactionException) and CONFLICT.search(str(error)):
        return ConflictError(f"somebody else wrote into the lake meanwhile: {str(error).partition(chr(10))[0]}")
    return error


def why_not_written(error: duckdb.Error) -> str:
    """Return what the database said of a commit that it refused, without the statements that were sent."""
    found = re.search(r"ERROR:\s+(.*)", str(error))
    return found[1] if found else str(error).partition("\n")[0]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
