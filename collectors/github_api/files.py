"""Files of public repositories: which there are by one REST call, and what they say, a hundred a GraphQL query."""

import json
from collections.abc import Iterator, Sequence

from collectors.errors import IncompleteError
from collectors.github_api.client import Client
from collectors.github_api.graphql import ask_graphql, errors_by_alias, whole_node_of
from collectors.github_api.rest import ask_rest
from collectors.transport.payload import each, need

FILES_A_QUERY = 100


def list_paths(client: Client, full_name: str) -> list[str]:
    """Return the path of every file of the default branch; raise IncompleteError where GitHub cuts the list short."""
    _, payload = ask_rest(client, f"/repos/{full_name}/git/trees/HEAD?recursive=1")
    if need(payload, "truncated"):
        raise IncompleteError(f"the list of files of {full_name} is cut short")
    return [str(need(one, "path")) for one in each(payload, "tree") if one.get("type") == "blob"]


def read_texts(client: Client, full_name: str, paths: Sequence[str]) -> Iterator[tuple[str, str | None]]:
    """Yield the text of each file; None for one that is none, or that GitHub does not give whole."""
    for start in range(0, len(paths), FILES_A_QUERY):
        chunk = paths[start : start + FILES_A_QUERY]
        _, payload = ask_graphql(client, _query(full_name, chunk), {})
        repository = whole_node_of(payload, "repository", full_name, errors_by_alias(payload))
        for number, path in enumerate(chunk):
            blob = repository.get(f"f{number}") or {}
            yield path, None if blob.get("isTruncated") else blob.get("text")


def _query(full_name: str, paths: Sequence[str]) -> str:
    owner, name = full_name.split("/")
    files = (
        f"f{number}: object(expression: {json.dumps(f'HEAD:{path}')}) {{ ... on Blob {{ text isTruncated }} }}"
        for number, path in enumerate(paths)
    )
    return f'query files {{ repository(owner: "{owner}", name: "{name}") {{ {" ".join(files)} }} }}'
