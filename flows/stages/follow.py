"""Follow a framework by its address: find its names, make a subject of them, and write it into the user's catalog."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from catalog.errors import InputError
from catalog.load import Catalog
from catalog.names import did_you_mean, repository_of
from catalog.subject import Subject
from collectors.discovery.discover import Discovered, Services, discover
from collectors.discovery.finding import Confidence, Finding
from collectors.discovery.repository import search
from collectors.errors import GoneError, LimitError, RestrictedError, SourceError
from collectors.github_api.client import auth_of, connect
from collectors.source import sources
from collectors.transport.http import Http
from collectors.upstream import Upstream
from flows.settings import Settings
from flows.stages.land import start_run
from flows.stages.own_catalog import keep_subject
from flows.stages.seam import seam

LISTS = {"github_former", "stackoverflow_tags", "import_names"}
NUMBERS = {"github_id"}
ORDER = (
    *("name", "kind", "github", "github_id", "github_former", "pypi", "import_names", "stackoverflow_tags"),
    *("discourse_url", "discord_invite", "discord_guild_id", "huggingface_tag", "papers_framework"),
)


@dataclass(frozen=True)
class Follow:
    """What was found of a framework: its subject, the evidence, peers of its kind, and what is odd about it."""

    subject: Subject
    findings: tuple[Finding, ...]
    peers: tuple[str, ...]
    remarks: tuple[str, ...]
    is_known: bool


def find(settings: Settings, typed: str, kind: str | None = None) -> Follow:
    """Find what a repository tells of its framework; nothing is written.

    Raises InputError for what names no public repository, SourceError where GitHub cannot be asked.
    """
    http = seam(settings, "github", start_run("follow").run_id)
    try:
        services = _services(settings, http)
        full_name = repository_named(settings, typed) or _searched(services, typed)
        found = _told(full_name, settings, services)
    finally:
        http.close()
    return described(found, settings.followed, kind)


def repository_named(settings: Settings, typed: str) -> str | None:
    """Return owner/name of an address; nothing for a mere name. Raise InputError for an address of another host."""
    full_name = repository_of(typed)
    if "://" in typed or typed.startswith("git@"):
        host = urlsplit(typed.replace("git@", "ssh://").replace(":", "/").replace("///", "://")).netloc.removeprefix(
            "www."
        )
        own = urlsplit(settings.web_url).hostname
        if full_name is None or host.partition("/")[0] not in {own, "github.com"}:
            raise InputError(f"{typed!r} is no address of a repository on {own}; write https://{own}/OWNER/REPO")
    return full_name


def described(found: Discovered, followed: Catalog, kind: str | None = None) -> Follow:
    """Return what was found as a subject that the catalog can take."""
    known = next((one for one in followed.subjects if one.github_id == found.card.number), None)
    findings = [one for one in found.findings if kind is None or one.key != "kind"]
    if kind is not None:
        findings.append(Finding("kind", kind, Confidence.HIGH, "as asked for"))
    findings.sort(key=lambda one: ORDER.index(one.key))
    subject = known or Subject.model_validate({"id": _id(found, followed), **_values(findings)})
    peers = tuple(one.name for one in followed.subjects if one.kind == subject.kind and one.id != subject.id)
    return Follow(subject, tuple(findings), peers, tuple(_remarks(found)), known is not None)


def keep(settings: Settings, found: Follow) -> list[str]:
    """Write the subject into the user's catalog; return the keys that were added."""
    return keep_subject(settings.own_catalog, found.subject.model_dump(exclude_defaults=True))


def _values(findings: Sequence[Finding]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for one in findings:
        if one.confidence == Confidence.LOW:
            continue
        if one.key in LISTS:
            values.setdefault(one.key, []).append(one.value)
        else:
            values.setdefault(one.key, int(one.value) if one.key in NUMBERS else one.value)
    return values


def _id(found: Discovered, followed: Catalog) -> str:
    """Return the id: the repository's name as a slug; with the owner before it where another subject has it."""
    taken = {one.id for one in followed.subjects}
    name, full = (_slug(text) for text in (found.card.name, found.card.full_name))
    if not name:
        return f"repository-{found.card.number}"
    return full if name in taken else name


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:64]


def _remarks(found: Discovered) -> list[str]:
    card = found.card
    said = []
    if card.parent:
        said.append(f"it is a fork of {card.parent}; to follow that: speedscore follow {card.parent}")
    if card.is_archived:
        said.append("it is archived: its figures no longer move")
    return said + [f"not asked: {one}" for one in found.unheard]


def _services(settings: Settings, http: Http) -> Services:
    known = sources()
    github = Upstream(
        http=http,
        base_url=settings.base_url(known["github"].address),
        auth=auth_of(settings.github_credentials),
        graphql_url=settings.graphql_url,
        web_url=settings.web_url,
    )
    return Services(
        connect(github),
        http,
        settings.base_url(known["stackoverflow"].address),
        settings.base_url(known["discord"].address),
        settings.base_url(known["huggingface"].address),
        settings.base_url(known["pypi"].address),
        settings.secret_of(known["stackoverflow"].address),
    )


def _searched(services: Services, typed: str) -> str:
    """Return the repository that is called so; raise InputError with the nearest names where none is."""
    wanted = _slug(typed)
    if not wanted:
        raise InputError(f"{typed!r} names nothing; give an address like https://github.com/OWNER/REPO")
    found = search(services.github, wanted)
    exact = [name for name in found if _slug(name.split("/")[1]) == wanted]
    if exact:
        return exact[0]
    near = f"did you mean {' or '.join(found[:3])}?" if found else "give an address like https://github.com/OWNER/REPO"
    raise InputError(f"no repository on GitHub is called {typed!r}{did_you_mean(typed, [])}; {near}")


def _told(full_name: str, settings: Settings, services: Services) -> Discovered:
    """Discover; what GitHub refuses is one sentence that names the repository."""
    try:
        return discover(full_name, services)
    except GoneError as error:
        hint = "" if settings.github_credentials else "; where it is private, set GITHUB_TOKEN"
        raise InputError(f"GitHub has no repository {full_name} that you may see; check the spelling{hint}") from error
    except RestrictedError as error:
        raise InputError(f"GitHub does not show {full_name} ({error}); {error.next_step}") from error
    except LimitError as error:
        more = "" if settings.github_credentials else "; with GITHUB_TOKEN it allows 5,000 an hour instead of 60"
        raise LimitError(f"GitHub answers no more questions for now{more}") from error
    except SourceError:
        raise
