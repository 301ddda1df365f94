"""What GitHub publishes of its REST API, as a check of excerpts: the fields that are there have their names and types."""

import gzip
import json
import re
from functools import cached_property
from pathlib import Path
from typing import Any

from jsonschema import Draft4Validator

UNDESCRIBED = {"/repos/{owner}/{repo}/stargazers/history"}
"""Younger than the description that is kept beside this repository."""


class Description:
    """The description, read once."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def whole(self) -> dict[str, Any]:
        return excerpts(json.loads(gzip.decompress(self._path.read_bytes())))

    @property
    def paths(self) -> dict[str, Any]:
        return self.whole["paths"]

    def template_of(self, path: str) -> str:
        """Return the described path that a path is an instance of."""
        plain = re.sub(r"^/repositories/\d+", "/repos/o/r", path)
        for template in sorted({*self.paths, *UNDESCRIBED}, key=lambda one: one.count("{")):
            if re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template)), plain):
                return template
        raise AssertionError(f"GitHub describes no path {path}")

    def faults(self, path: str, payload: Any) -> list[str]:
        """Return what is wrong with a good answer to a GET; nothing where the path is too young to be described."""
        template = self.template_of(path)
        if template in UNDESCRIBED:
            return []
        told = self.paths[template]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        check = Draft4Validator({**told, "components": self.whole["components"]})
        return [f"{path}: {'.'.join(map(str, one.path))}: {one.message[:160]}" for one in check.iter_errors(payload)]


def excerpts(schema: Any) -> Any:
    """Write OpenAPI 3.0's nullable as JSON Schema does, for excerpts: nothing is required, and nothing is unknown."""
    if isinstance(schema, list):
        return [excerpts(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    own = {
        name: one
        for name, one in schema.items()
        if name != "nullable" and not (name == "required" and isinstance(one, list))
    }
    found = {name: excerpts(one) for name, one in own.items()}
    if isinstance(found.get("properties"), dict) and "type" in found:
        found.setdefault("additionalProperties", False)
    return {"anyOf": [found, {"type": "null"}]} if schema.get("nullable") is True else found
