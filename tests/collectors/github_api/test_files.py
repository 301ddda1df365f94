"""Files of a repository: what GitHub could not say in time is no file that cannot be read."""

import pytest

from collectors.errors import GoneError, IncompleteError, RestrictedError
from collectors.github_api.client import connect
from collectors.github_api.files import read_texts
from tests.collectors.github_api.builders import upstream
from tests.collectors.loopback import always, as_json

PATHS = ["one.json", "two.json"]
FILE = {"text": "{}", "isTruncated": False}


def texts(server, payload):
    server.answering = always(as_json(payload))
    with upstream(server) as found:
        return list(read_texts(connect(found), "mlcommons/results", PATHS))


def test_a_file_that_is_not_there_has_no_text(server):
    assert texts(server, {"data": {"repository": {"f0": FILE, "f1": None}}}) == [("one.json", "{}"), ("two.json", None)]


@pytest.mark.parametrize(
    ("repository", "error", "raised"),
    [
        ({"f0": FILE, "f1": None}, {"path": ["repository", "f1"], "message": "timeout"}, IncompleteError),
        (None, {"path": ["repository"], "type": "FORBIDDEN", "message": "no"}, RestrictedError),
        (None, {"path": ["repository"], "type": "NOT_FOUND", "message": "no"}, GoneError),
    ],
    ids=["a file timed out", "refused", "gone"],
)
def test_what_github_could_not_say_is_told_as_it_is(server, repository, error, raised):
    with pytest.raises(raised):
        texts(server, {"data": {"repository": repository, "rateLimit": {}}, "errors": [error]})
