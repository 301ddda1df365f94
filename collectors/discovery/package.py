"""The package of a repository and the names it is imported by, as its own files and its README say."""

import configparser
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import tomli

from catalog.frameworks import plain_name
from collectors.discovery.finding import Confidence, Finding
from collectors.discovery.repository import Texts

NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
INSTALL = re.compile(r"\bpip3?\s+install\s+((?:-{1,2}[\w-]+\s+)*)[\"']?([A-Za-z0-9][\w.-]*)")
SETUP_NAME = re.compile(r"\bname\s*=\s*[\"']([A-Za-z0-9][\w.-]*)[\"']")
IMPORT = re.compile(r"(?m)^\s*(?:>>> )?(?:import|from)\s+([A-Za-z_]\w*)")
NO_PACKAGES = {"pip", "setuptools", "wheel", "uv", "virtualenv", "git", "e", "r", "requirements.txt", "build", "tox"}


def packages(texts: Texts) -> Iterator[Finding]:
    """Yield the names of the package: those of its own files first, then those that the README installs."""
    for file, text in texts.packaging.items():
        for name in _READERS[file](text):
            if NAME.fullmatch(name):
                yield Finding("pypi", name, Confidence.HIGH, f"{file}: name = {name!r}")
    for options, name in INSTALL.findall(texts.readme):
        if plain_name(name) not in NO_PACKAGES and "-e" not in options.split() and "-r" not in options.split():
            yield Finding("pypi", name.rstrip("."), Confidence.MEDIUM, f"README: pip install {name}")


def import_names(texts: Texts, package: str | None, repository: str) -> Iterator[Finding]:
    """Yield the names that the README imports and that are this repository's own: a folder at its root, or its package.

    An older way to write a name (`-` for `_`) counts as the same.
    """
    own = {_module(name): name for name in (package, repository) if name}
    folders = {_module(one) for one in texts.folders}
    imported = Counter(IMPORT.findall(texts.readme))
    for name, times in imported.most_common():
        if _module(name) in folders:
            yield Finding(
                "import_names", name, Confidence.HIGH, f"README imports {name}, {times} times; {name}/ is at the root"
            )
        elif _module(name) in own:
            yield Finding("import_names", name, Confidence.MEDIUM, f"README imports {name}, {times} times")
    for module in sorted(set(own) & folders):
        yield Finding("import_names", module, Confidence.MEDIUM, f"{module}/ is at the root")


def _module(name: str) -> str:
    return re.sub(r"[-.]", "_", name).lower()


def _from_pyproject(text: str) -> Iterator[str]:
    try:
        table = tomli.loads(text)
    except tomli.TOMLDecodeError:
        return
    for keys in (("project",), ("tool", "poetry"), ("tool", "flit", "metadata")):
        found: Any = table
        for key in keys:
            found = found.get(key) if isinstance(found, Mapping) else None
        name = found.get("name") if isinstance(found, Mapping) else None
        if isinstance(name, str):
            yield name


def _from_setup_cfg(text: str) -> Iterator[str]:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return
    if parser.has_option("metadata", "name"):
        yield parser.get("metadata", "name").strip()


def _from_setup_py(text: str) -> Iterator[str]:
    names = SETUP_NAME.findall(text)
    yield from names[:1]


_READERS = {"pyproject.toml": _from_pyproject, "setup.cfg": _from_setup_cfg, "setup.py": _from_setup_py}
