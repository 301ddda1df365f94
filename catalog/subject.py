"""A subject: one framework, keyed by its numeric repository id; its names are history."""

import re
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, StringConstraints, field_validator

from catalog.metric import KEYS, METRICS, Metric

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=64)]
FullName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$")]
Word = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
ROLES = tuple(name.removeprefix("liveness.") for name in METRICS if name.startswith("liveness."))
"""What a repository may stand behind."""


class Strict(BaseModel):
    """A frozen table of a catalog file; a key that it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Subject(Strict):
    """One framework and the names under which each upstream knows it."""

    id: Slug
    name: Word
    kind: Slug
    github: FullName
    github_id: int | None = Field(default=None, gt=0, lt=2**63)
    github_former: list[FullName] = []
    stackoverflow_tags: list[Word] = []
    discourse_url: str | None = None
    discord_invite: Word | None = None
    discord_guild_id: Word | None = None
    papers_framework: Word | None = None
    pypi: Word | None = None
    huggingface_tag: Word | None = None
    mlperf_names: list[Word] = []
    container_names: list[Word] = []
    import_names: list[Word] = []
    identifiers: dict[str, Word] = {}

    @field_validator("discourse_url")
    @classmethod
    def _is_a_web_address(cls, url: str | None) -> str | None:
        if url is None:
            return None
        HttpUrl(url)
        return url.rstrip("/")

    @field_validator("stackoverflow_tags")
    @classmethod
    def _is_a_tag(cls, tags: list[str]) -> list[str]:
        for tag in tags:
            if not re.fullmatch(r"[\w.+#-]+", tag):
                raise ValueError(f"{tag!r} is not a Stack Overflow tag")
        return tags

    @field_validator("identifiers")
    @classmethod
    def _is_looked_up(cls, identifiers: dict[str, str]) -> dict[str, str]:
        known = sorted(set().union(*KEYS.values()) - set(cls.model_fields))
        if unknown := sorted(set(identifiers) - set(known)):
            raise ValueError(f"no metric has the key {unknown[0]!r}; known: {', '.join(known) or 'none'}")
        return identifiers

    @property
    def github_names(self) -> tuple[str, ...]:
        """Every full name under which the repository is or was known, today's first."""
        return (self.github, *self.github_former)

    def answers_to(self, source: str) -> bool:
        """Return whether the source can be asked: it needs one of its keys, and some sources need none."""
        return source not in KEYS or any(self.identifier(key) for key in KEYS[source])

    def is_asked(self, metric: Metric) -> bool:
        """Return whether a metric makes sense for the subject: it needs the metric's key, else one of its source's."""
        return bool(self.identifier(metric.key)) if metric.key else self.answers_to(metric.source)

    def identifier(self, key: str) -> object:
        """Return what a source looks the subject up by: a key of its own, or one of `identifiers`; None without."""
        return getattr(self, key) if key in type(self).model_fields else self.identifiers.get(key)


class Repository(Strict):
    """A repository behind a capability of a subject (serving, mobile, docs, ...)."""

    subject: Slug
    role: Word
    github: FullName
    github_id: int | None = Field(default=None, gt=0, lt=2**63)

    @field_validator("role")
    @classmethod
    def _is_a_role(cls, role: str) -> str:
        if role not in ROLES:
            raise ValueError(f"no role is called {role!r}; there are {', '.join(sorted(ROLES))}")
        return role
