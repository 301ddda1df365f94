"""What links and words of a repository may lead to: forums, chats, tags, former names. Nobody is asked here."""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import parse_qs, unquote, urlsplit

from collectors.discovery.finding import Confidence, Finding, Link
from collectors.discovery.repository import Card

FORUM = re.compile(r"discuss|forum|discourse|community")
FORUM_PATHS = re.compile(r"/(?:t|c|tag|u|latest|categories|top|new|about)(?:/.*)?$")
NO_FORUMS = {"github.com", "www.github.com", "www.reddit.com", "reddit.com", "groups.google.com", "discord.com"}
INVITE = re.compile(r"(?:discord\.gg|discord(?:app)?\.com/invite)/([\w-]+)")
TAG = re.compile(r"stackoverflow\.com/(?:questions/tagged|tags)/([^/?#\s]+)")
REPOSITORY = re.compile(
    r"(?:github\.com|img\.shields\.io/github/[\w-]+(?:/[\w-]+)?)/([\w.-]+)/([\w.-]+?)(?:\.git|\.svg)?(?:[/?#]|$)"
)
RUNTIME = {"inference", "runtime", "serving", "inference-engine", "onnx", "model-serving"}
FRAMEWORK = {"deep-learning", "deep-learning-framework", "machine-learning-framework", "autograd", "autodiff", "tensor"}


def forums(links: Sequence[Link]) -> Iterator[tuple[str, Link]]:
    """Yield the addresses that may be a Discourse forum, each once."""
    seen = set()
    for link in links:
        parts = urlsplit(link.url)
        if parts.netloc in NO_FORUMS or not FORUM.search(f"{parts.netloc}{parts.path}".lower()):
            continue
        base = f"{parts.scheme}://{parts.netloc}{FORUM_PATHS.sub('', parts.path)}".rstrip("/")
        if base not in seen:
            seen.add(base)
            yield base, link


def invites(links: Sequence[Link]) -> Iterator[tuple[str, Link]]:
    """Yield the codes of Discord invites, each once."""
    yield from _matched(INVITE, links)


def tags(links: Sequence[Link]) -> Iterator[tuple[str, Link]]:
    """Yield the tags of Stack Overflow that are linked."""
    yield from ((unquote(tag).lower(), link) for tag, link in _matched(TAG, links))


def hub_tags(links: Sequence[Link]) -> Iterator[tuple[str, Link]]:
    """Yield the tags of models on the Hub that are linked."""
    for link in links:
        parts = urlsplit(link.url)
        if parts.path.rstrip("/").endswith("/models"):
            query = parse_qs(parts.query)
            yield from ((tag, link) for key in ("library", "filter", "other") for tag in query.get(key, [])[:1])


def other_names(links: Sequence[Link], card: Card) -> list[str]:
    """Return other full names that may be former names of the repository: another owner's, of the same name."""
    found = dict.fromkeys(f"{match[1]}/{match[2]}" for link in links for match in REPOSITORY.finditer(link.url))
    return [
        name
        for name in found
        if name.lower() != card.full_name.lower() and _plain(name.split("/")[1]) == _plain(card.name)
    ]


def kind_of(card: Card) -> Finding:
    """Return the kind that topics and description speak of; a library where they speak of none."""
    topics, words = set(card.topics), set(re.findall(r"[a-z]+", card.description.lower()))
    if named := sorted(topics & RUNTIME) or sorted(words & {"runtime", "inference", "serving"}):
        return Finding("kind", "runtime", Confidence.MEDIUM, f"topics or description: {', '.join(named)}")
    if "framework" in words or (topics & FRAMEWORK and "library" not in words):
        named = sorted(topics & FRAMEWORK) or ["framework"]
        return Finding("kind", "framework", Confidence.MEDIUM, f"topics or description: {', '.join(named)}")
    said = "description: library" if "library" in words else "neither topics nor description say more"
    return Finding("kind", "library", Confidence.MEDIUM, said)


def display_name(card: Card, readme: str) -> Finding:
    """Return the name as the README's first heading writes it, where it is the repository's; else that."""
    for line in readme.splitlines()[:60]:
        heading = re.sub(r"[#*_`=]", "", line).strip()
        if heading and _plain(heading) == _plain(card.name):
            return Finding("name", heading, Confidence.HIGH, "README: heading")
    return Finding("name", card.name, Confidence.MEDIUM, "GitHub: name of the repository")


def _matched(pattern: re.Pattern[str], links: Sequence[Link]) -> Iterator[tuple[str, Link]]:
    seen = set()
    for link in links:
        if (match := pattern.search(link.url)) and match[1] not in seen:
            seen.add(match[1])
            yield match[1], link


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).lower()
