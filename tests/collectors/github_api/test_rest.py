"""Lists of many pages are counted by the number of the last one."""

import json

import pytest

from collectors.errors import ChangedError
from collectors.github_api.rest import read_last_page


def test_a_recorded_link_header_names_its_last_page(recorded):
    cassette = json.loads((recorded / "github_rest/github3_cassettes/Repository_contributors.json").read_text())
    link = cassette["http_interactions"][1]["response"]["headers"]["Link"]

    assert read_last_page({"link": link}, [{}] * 100) == 2


@pytest.mark.parametrize(("payload", "number"), [([], 0), ([{}], 1)])
def test_a_list_of_one_page_is_counted(payload, number):
    assert read_last_page({}, payload) == number


def test_what_is_no_list_has_changed():
    with pytest.raises(ChangedError):
        read_last_page({}, {"message": "?"})
