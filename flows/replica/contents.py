"""What a repository of the replica says of itself: its root, its README, the file that describes its package."""

import base64
import re
from collections.abc import Mapping
from typing import Any

from flows.replica.answer import Answer, Request, of_html, of_json
from flows.replica.repository import Repo
from flows.replica.world import World

MISSING = {"message": "Not Found", "documentation_url": "https://docs.github.com/rest", "status": "404"}


def answer(world: World, repo: Repo, rest: str, request: Request) -> Answer:
    """Answer /readme and /contents/<path> of a repository."""
    files = files_of(world, repo, request.base)
    if rest == "/readme":
        return _file("README.md", files)
    path = rest.removeprefix("/contents").strip("/")
    if path:
        return _file(path, files)
    folders = dict.fromkeys(name.split("/")[0] for name in files if "/" in name)
    entries = [{"name": name, "path": name, "type": "dir"} for name in folders]
    entries += [{"name": name, "path": name, "type": "file"} for name in files if "/" not in name]
    return of_json(entries) if entries else of_json(MISSING, 404)


def files_of(world: World, repo: Repo, base: str) -> dict[str, str]:
    """Return the files of a repository by their paths; one that says nothing of itself has none."""
    table = world.tables.get(repo.subject)
    if table is None or not repo.readme:
        return {"README.md": repo.readme} if repo.readme else {}
    found = {"README.md": readme_of(table, repo, base)}
    if package := table.get("pypi"):
        found["pyproject.toml"] = f'[project]\nname = "{package}"\nversion = "1"\n'
        found[f"{module_of(table)}/__init__.py"] = ""
    return found


def readme_of(table: Mapping[str, Any], repo: Repo, base: str) -> str:
    """Write a README as projects do: badges in HTML, links in Markdown, a line to install, a line to import."""
    name, subject = table.get("name", repo.full_name.split("/")[1]), table["id"]
    lines = [f"# {name}", "", f"DEMO: [forum]({base}/forum/{subject}/t/welcome/1) of the local replica."]
    if invite := table.get("discord_invite"):
        lines.append(f'<p align="center"><a href="https://discord.gg/{invite}"><img src="chat.svg"></a></p>')
    lines += [
        f"Ask [here](https://stackoverflow.com/questions/tagged/{t})." for t in table.get("stackoverflow_tags", ())
    ]
    if tag := table.get("huggingface_tag"):
        lines.append(f"See <https://huggingface.co/models?library={tag}&sort=downloads>.")
    if package := table.get("pypi"):
        lines += ["", "```", f"pip install {package}", "```", "", "```python", f"import {module_of(table)} as m", "```"]
    lines.append(f"Not to be taken for https://github.com/namesake/{repo.full_name.split('/')[1]}.")
    lines += [f"It was https://github.com/{former}/issues once." for former in repo.former_names]
    return "\n".join([*lines, "", repo.readme])


def module_of(table: Mapping[str, Any]) -> str:
    """Return the name by which a subject's package is imported."""
    return re.sub(r"\W+", "_", str(table.get("pypi", table["id"])))


def card_of(world: World, repo: Repo, base: str) -> dict[str, Any]:
    """Return what GitHub's card of a repository says beside its counts."""
    table = world.tables.get(repo.subject, {})
    kind = table.get("kind", "library")
    parent = {"fork": True, "parent": {"full_name": repo.parent}} if repo.parent else {"fork": False}
    return {
        "description": f"DEMO: a {kind} of the local replica",
        "homepage": f"{base}/homes/{repo.subject}" if table else "",
        "topics": [kind, "demo"],
        **parent,
    }


def home(world: World, request: Request) -> Answer:
    """Answer the homepage of a subject, which links its chat."""
    table = world.tables.get(request.path.strip("/"))
    if table is None:
        return of_html("404", 404)
    return of_html(f'{table["id"]}<a href="https://discord.gg/{table.get("discord_invite", "none")}">chat</a>')


def _file(path: str, files: Mapping[str, str]) -> Answer:
    if path not in files:
        return of_json(MISSING, 404)
    body = base64.encodebytes(files[path].encode()).decode()
    return of_json({"name": path, "path": path, "type": "file", "encoding": "base64", "content": body})
