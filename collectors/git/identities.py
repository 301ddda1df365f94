"""Who made a commit: names and addresses joined into identities that are known by a fingerprint only."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from hashlib import sha256
from importlib.resources import files

import tomli

NOREPLY = re.compile(r"(?:\d+\+)?([^+@]+)@users\.noreply\.github\.com")


class Kind(StrEnum):
    """What an author is: a person, a program, or one name that stands for several people.

    See docs/method.md#definitions-that-readers-ask-for.
    """

    HUMAN = "human"
    BOT = "bot"
    PROXY = "proxy"


@dataclass(frozen=True, slots=True)
class Identity:
    """One author; the fingerprint is sha256[:12] of the lower-cased mail under which it first committed."""

    fingerprint: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Signature:
    """How a commit is signed, compared in lower case."""

    name: str
    mail: str

    @classmethod
    def of(cls, name: str, mail: str) -> "Signature":
        """Return the signature without the differences that mean nothing."""
        return cls(" ".join(name.lower().split()), mail.strip().lower())

    @property
    def login(self) -> str | None:
        """The GitHub account of a noreply address."""
        found = NOREPLY.fullmatch(self.mail)
        return found[1] if found else None


@dataclass(frozen=True)
class Known:
    """The curated list: who is no single person, and which words name nobody."""

    names: Mapping[str, Kind]
    mails: Mapping[str, Kind]
    logins: Mapping[str, Kind]
    no_names: frozenset[str]
    no_mails: frozenset[str]
    no_hosts: frozenset[str]

    def kind(self, who: Signature) -> Kind:
        """Judge an author by address, account, name, then by the suffix that GitHub gives to its apps."""
        found = self.mails.get(who.mail) or self.logins.get(who.login or "") or self.names.get(who.name)
        is_app = who.name.endswith("[bot]") or "[bot]@" in who.mail
        return found or self.logins.get(who.name) or (Kind.BOT if is_app else Kind.HUMAN)

    def has_own_mail(self, who: Signature) -> bool:
        """Return whether the address is somebody's, not that of a machine or of nobody."""
        return who.mail not in self.no_mails and who.mail.rpartition("@")[2] not in self.no_hosts

    def traits(self, who: Signature) -> list[str]:
        """Return what may unite this author with others; one that has nothing of its own stays alone."""
        found = [f"login {who.login}" if who.login else f"mail {who.mail}"] if self.has_own_mail(who) else []
        if who.name not in self.no_names:
            found.append(f"name {who.name}")
        return found or [f"both {who.name} <{who.mail}>"]


def is_bot_account(login: str) -> bool:
    """Return whether an account of GitHub (lower case) is known as a program's, though it is one of a user."""
    return _known().logins.get(login) is Kind.BOT


def identify(first_seen: Mapping[Signature, int]) -> dict[Signature, Identity]:
    """Return the identity of each signature, from when each first committed.

    People are united who share a name or an address. Bots and proxies stay as they are: they unite nobody.
    """
    known = _known()
    kinds = {who: known.kind(who) for who in first_seen}
    people = [who for who, kind in kinds.items() if kind is Kind.HUMAN]
    clusters = [*_united(people, known), *([who] for who, kind in kinds.items() if kind is not Kind.HUMAN)]
    return {
        who: Identity(fingerprint, kinds[who])
        for cluster in clusters
        for fingerprint in [_fingerprint(cluster, first_seen, known)]
        for who in cluster
    }


def _united(people: Iterable[Signature], known: Known) -> Iterable[list[Signature]]:
    """Return the people in clusters: union-find over their traits."""
    parents: dict[str, str] = {}

    def root(trait: str) -> str:
        while (parent := parents.setdefault(trait, trait)) != trait:
            parents[trait] = trait = parents[parent]
        return trait

    traits = {who: known.traits(who) for who in people}
    for first, *others in traits.values():
        for other in others:
            parents[root(other)] = root(first)
    clusters: dict[str, list[Signature]] = {}
    for who, (first, *_) in traits.items():
        clusters.setdefault(root(first), []).append(who)
    return clusters.values()


def _fingerprint(cluster: list[Signature], first_seen: Mapping[Signature, int], known: Known) -> str:
    """Hash the oldest address that is somebody's own; where there is none, name and address together."""
    own = [who for who in cluster if known.has_own_mail(who)]
    who = min(own or cluster, key=lambda one: (first_seen[one], one.mail, one.name))
    text = who.mail if own else f"{who.name} <{who.mail}>"
    return sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:12]


@cache
def _known() -> Known:
    text = files("collectors.git").joinpath("identities.toml").read_text(encoding="utf-8")
    tables = tomli.loads(text)

    def kinds(key: str) -> dict[str, Kind]:
        return {word.lower(): Kind(row["kind"]) for row in tables["identity"] for word in row.get(key, [])}

    none = {key: frozenset(words) for key, words in tables["generic"].items()}
    return Known(kinds("names"), kinds("mails"), kinds("logins"), none["names"], none["mails"], none["hosts"])
