"""Pages, clones and GraphQL of a GitHub stand where the address of its API says."""

import pytest

from collectors.github_api.addresses import graphql_url_of, web_url_of


@pytest.mark.parametrize(
    ("api", "web", "graphql"),
    [
        ("https://api.github.com", "https://github.com", "https://api.github.com/graphql"),
        ("https://api.github.com/", "https://github.com", "https://api.github.com/graphql"),
        ("https://git.corp.example/api/v3", "https://git.corp.example", "https://git.corp.example/api/graphql"),
        ("https://git.corp.example/api/v3/", "https://git.corp.example", "https://git.corp.example/api/graphql"),
        ("http://corp.example:8443/git/api/v3", "http://corp.example:8443/git", "http://corp.example:8443/git/api/graphql"),
        ("https://api.corp.ghe.com", "https://corp.ghe.com", "https://api.corp.ghe.com/graphql"),
        ("https://corp.ghe.com", "https://github.com", "https://corp.ghe.com/graphql"),
        ("http://[::1", "https://github.com", "http://[::1/graphql"),
        ("http://127.0.0.1:8000/github", "https://github.com", "http://127.0.0.1:8000/github/graphql"),
    ],
    ids=["public", "with a slash", "server", "server with a slash", "port and path", "data residency", "no API", "no address", "replica"],
)  # fmt: skip
def test_an_address_of_the_api_tells_the_others(api, web, graphql):
    assert web_url_of(api) == web
    assert graphql_url_of(api) == graphql


def test_a_link_carries_no_password():
    assert web_url_of("https://me:sesame@git.corp.example/api/v3") == "https://git.corp.example"
