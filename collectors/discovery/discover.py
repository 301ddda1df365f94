"""Discover the names of a framework from its repository; whoever owns a name is asked whether it is one."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from typing import Any
from urllib.parse import quote, urlencode

from catalog.frameworks import frameworks_of, plain_name
from collectors.discovery import candidates
from collectors.discovery.finding import Confidence, Finding, Link, without_twins
from collectors.discovery.links import links_of
from collectors.discovery.package import import_names, packages
from collectors.discovery.repository import Card, Texts, ask_card, ask_texts, is_same
from collectors.errors import GoneError, SourceError
from collectors.github_api.client import Client
from collectors.reading import one_answer
from collectors.transport.http import Http

PACKAGE_PAGE = re.compile(r"https?://(?:www\.)?pypi\.\w+/(?:project|p)/([A-Za-z0-9][\w.-]*)")
MOST_ASKED = 3
LEAST_QUESTIONS = 10
LEAST_MODELS = 5


@dataclass(frozen=True)
class Services:
    """Where names are confirmed: GitHub, the seam for all others, their base addresses without a slash at the end."""

    github: Client
    http: Http
    stackexchange_url: str
    discord_url: str
    huggingface_url: str
    pypistats_url: str
    stackexchange_key: str | None = None


@dataclass(frozen=True)
class Discovered:
    """A repository, what was found about it with evidence, and who could not be asked (as sentences)."""

    card: Card
    findings: tuple[Finding, ...]
    unheard: tuple[str, ...]


def discover(full_name: str, services: Services) -> Discovered:
    """Ask for a repository and all that it leads to; raise SourceError where the repository itself is not had."""
    with one_answer():
        card = ask_card(services.github, full_name)
        texts = ask_texts(services.github, card.full_name)
    unheard: list[str] = []
    links = [*links_of(texts.readme, "README"), *_homepage_links(card, services, unheard)]
    for file, text in texts.packaging.items():
        links += links_of(text, file)
    found = _findings(card, texts, links, services, unheard)
    if full_name.lower() != card.full_name.lower():
        found.append(Finding("github_former", full_name, Confidence.HIGH, f"GitHub leads from it to {card.full_name}"))
    return Discovered(card, tuple(without_twins(found)), tuple(dict.fromkeys(unheard)))


def _findings(card: Card, texts: Texts, links: Sequence[Link], services: Services, unheard: list[str]) -> list[Finding]:
    named = [*packages(texts), *_linked_packages(links)]
    package = _surely(lambda: _package(named, services), named[0] if named else None, unheard)
    name = package.value if package else None
    guesses = list(dict.fromkeys(plain_name(one) for one in (card.name, name) if one))
    asked: list[Iterator[Finding]] = [
        _tags(links, guesses, services),
        _forum(links, services),
        _chat(links, services),
        _hub_tag(links, guesses, services),
        _former(links, card, services),
    ]
    found = [
        Finding("github", card.full_name, Confidence.HIGH, "GitHub"),
        Finding("github_id", str(card.number), Confidence.HIGH, "GitHub"),
        candidates.display_name(card, texts.readme),
        candidates.kind_of(card),
        *([package] if package else []),
        *import_names(texts, name, card.name),
        *_archive_name(name),
    ]
    for ask in asked:
        found += _surely(partial(list, ask), [], unheard)
    return found


def _surely(ask: Callable[[], Any], otherwise: Any, unheard: list[str]) -> Any:
    """Return what is found; where nobody answers, what is known without, and keep who did not."""
    try:
        with one_answer():
            return ask()
    except SourceError as error:
        unheard.append(str(error))
        return otherwise


def _homepage_links(card: Card, services: Services, unheard: list[str]) -> list[Link]:
    if not card.homepage.startswith(("http://", "https://")):
        return []
    home = Link(card.homepage, "homepage")

    def ask() -> list[Link]:
        return links_of(services.http.get(card.homepage).body.decode("utf-8", "replace"), "homepage")

    found: list[Link] = _surely(ask, [], unheard)
    return [home, *found]


def _linked_packages(links: Sequence[Link]) -> Iterator[Finding]:
    for link in links:
        if page := PACKAGE_PAGE.match(link.url):
            yield Finding("pypi", page[1], Confidence.MEDIUM, f"{link.page}: {link.url}")


def _package(named: Sequence[Finding], services: Services) -> Finding | None:
    """Return the first package that pypistats counts; the first one unconfirmed where it counts none."""
    for one in islice(dict.fromkeys(named), MOST_ASKED):
        try:
            services.http.json(f"{services.pypistats_url}/packages/{quote(plain_name(one.value))}/recent")
        except GoneError:
            continue
        return Finding("pypi", one.value, Confidence.HIGH, f"{one.evidence}; pypistats counts its downloads")
    return (
        Finding("pypi", named[0].value, Confidence.LOW, f"{named[0].evidence}; pypistats knows none") if named else None
    )


def _archive_name(package: str | None) -> Iterator[Finding]:
    for framework in sorted(frameworks_of([plain_name(package)])) if package else ():
        yield Finding("papers_framework", framework, Confidence.HIGH, f"the package {package} counts as it in papers")


def _tags(links: Sequence[Link], guesses: Sequence[str], services: Services) -> Iterator[Finding]:
    linked = [(tag, f"{link.page}: {link.url}") for tag, link in candidates.tags(links)]
    wanted = dict(reversed([*linked, *((guess, "its name") for guess in guesses)][:MOST_ASKED]))
    if not wanted:
        return
    key = {"key": services.stackexchange_key} if services.stackexchange_key else {}
    path = quote(";".join(wanted))
    payload, _ = services.http.json(
        f"{services.stackexchange_url}/tags/{path}/info?{urlencode({'site': 'stackoverflow', **key})}"
    )
    for item in payload.get("items", []):
        tag, questions = str(item.get("name")), int(item.get("count", 0))
        if tag in wanted and (questions >= LEAST_QUESTIONS or wanted[tag] != "its name"):
            sure = Confidence.MEDIUM if wanted[tag] == "its name" else Confidence.HIGH
            yield Finding("stackoverflow_tags", tag, sure, f"{wanted[tag]}; {questions:,} questions on Stack Overflow")


def _forum(links: Sequence[Link], services: Services) -> Iterator[Finding]:
    for url, link in islice(candidates.forums(links), MOST_ASKED):
        try:
            payload, _ = services.http.json(f"{url}/about.json")
        except SourceError:
            continue  # no Discourse, or not this way
        about = payload.get("about") if isinstance(payload, dict) else None
        if isinstance(about, dict) and "stats" in about:
            yield Finding("discourse_url", url, Confidence.HIGH, f"{link.page}: {link.url}; Discourse answers there")
            return


def _chat(links: Sequence[Link], services: Services) -> Iterator[Finding]:
    for code, link in islice(candidates.invites(links), MOST_ASKED):
        try:
            payload, _ = services.http.json(f"{services.discord_url}/invites/{code}?with_counts=true")
        except GoneError:
            yield Finding("discord_invite", code, Confidence.LOW, f"{link.page}: {link.url}; the invite has expired")
            continue
        guild = payload.get("guild") or {}
        evidence = f"{link.page}: {link.url}; leads to {guild.get('name', 'a server')!r}"
        yield Finding("discord_invite", code, Confidence.HIGH, evidence)
        if guild.get("id"):
            yield Finding("discord_guild_id", str(guild["id"]), Confidence.HIGH, evidence)
        return


def _hub_tag(links: Sequence[Link], guesses: Sequence[str], services: Services) -> Iterator[Finding]:
    linked = ((tag, f"{link.page}: {link.url}", Confidence.HIGH) for tag, link in candidates.hub_tags(links))
    guessed = ((guess, "its name", Confidence.MEDIUM) for guess in guesses)
    for tag, evidence, sure in islice(chain(linked, guessed), MOST_ASKED):
        payload, _ = services.http.json(f"{services.huggingface_url}/models-json?{urlencode({'library': tag})}")
        models = int(payload.get("numTotalItems", 0))
        if models >= LEAST_MODELS:
            yield Finding("huggingface_tag", tag, sure, f"{evidence}; {models:,} models on the Hub")
            return


def _former(links: Sequence[Link], card: Card, services: Services) -> Iterator[Finding]:
    for name in candidates.other_names(links, card)[:MOST_ASKED]:
        if is_same(services.github, name, card.number):
            yield Finding(
                "github_former", name, Confidence.HIGH, f"named in its files; GitHub leads from it to {card.full_name}"
            )
