"""Walk a repository's issues: all of them once, then what has changed since the last walk."""

from collections.abc import Sequence
from datetime import datetime

from catalog.metric import METRICS
from catalog.subject import Subject
from collectors.errors import SourceError
from collectors.github.issue_pages import Ask, Connection, IssueFact, Walk, issue_rows, pages
from collectors.missing import missing
from collectors.reading import one_answer
from collectors.upstream import Found, Upstream

WALKED = METRICS["github.issues_walked"]


def walk_issues(
    ask: Ask, subject: Subject, upstream: Upstream, first_page: Connection | None, valid_at: datetime
) -> list[Found]:
    """Return the issues that are new or have changed, and how many, once the walk has reached its end.

    A walk that breaks off gives what it has; without the count nothing is derived from it, and the next one goes on.
    """
    since = upstream.memory.get("issues", {}).get(subject.id)
    facts: list[IssueFact] = []
    try:
        with one_answer():
            for page in pages(ask, subject, since, first_page, _walk(upstream, subject)):
                facts += page
    except SourceError as error:
        return [issue_rows(subject, facts), *missing([subject], [WALKED], valid_at, error)]
    url = f"{upstream.web_url}/{subject.github}/issues"
    return [issue_rows(subject, facts), WALKED.of(subject.id, valid_at, _distinct(facts), url=url)]


def _walk(upstream: Upstream, subject: Subject) -> Walk | None:
    kept_body = upstream.http.kept_body
    if upstream.folder is None or kept_body is None or subject.github_id is None:
        return None
    return Walk(upstream.folder, subject.github_id, kept_body)


def _distinct(facts: Sequence[IssueFact]) -> int:
    return len({fact.number for fact in facts})
