"""Links to the page of a package in the index name the package; no other link does."""

import pytest

from collectors.discovery.discover import _linked_packages
from collectors.discovery.finding import Link


@pytest.mark.parametrize(
    ("url", "names"),
    [
        ("https://pypi.example/project/velox-ml/", ["velox-ml"]),
        ("https://www.pypi.example/project/velox.ml/1.0/#files", ["velox.ml"]),
        ("http://pypi.example/p/velox_ml", ["velox_ml"]),
        ("https://pypi.example/project/", []),
        ("https://pypi.example/user/velox/", []),
        ("https://example.org/pypi.example/project/velox/", []),
        ("https://pypi.example.org/project/velox/", []),
        ("https://notpypi.example/project/velox/", []),
        ("mailto:pypi.example/project/velox", []),
    ],
)
def test_a_link_to_a_page_of_a_package_names_it(url, names):
    assert [one.value for one in _linked_packages([Link(url, "README")])] == names
