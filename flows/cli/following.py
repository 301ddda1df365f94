"""Follow a framework from a terminal: how far it is, what was found and how surely, in one sentence what went wrong."""

import typer
from stamina.instrumentation import set_on_retry_hooks

from catalog.subject import Subject
from collectors.errors import NoAnswerError, SourceError
from flows.cli.show import show
from flows.cli.watch import step
from flows.clients import refuse_unusable_proxies
from flows.notes import note
from flows.settings import Settings
from flows.stages.follow import Follow, find, keep, repository_named

WHERE = {"high": "sure", "medium": "likely", "low": "not written"}


def follow_address(settings: Settings, typed: str, kind: str | None, *, plan: bool) -> tuple[Follow, list[str]]:
    """Find and, without `plan`, write; return what was found and the keys that were added."""
    repository_named(settings, typed)
    refuse_unusable_proxies()
    set_on_retry_hooks([])  # a second try is no news to a person
    try:
        with step(f"Reading {typed} and asking who knows it"):
            found = find(settings, typed, kind)
    except SourceError as error:
        hint = "try again" if isinstance(error, NoAnswerError) else error.next_step
        note(f"speedscore: {error}; nothing was written; {hint}")
        raise typer.Exit(1) from None
    added = [] if plan or found.is_known else keep(settings, found)
    return found, added


def show_found(found: Follow) -> None:
    """Print what was found, with its evidence, and what is odd."""
    rows = [{"key": "id", "value": found.subject.id, "how_sure": "", "evidence": "its name in commands and tables"}]
    rows += [
        {"key": one.key, "value": one.value, "how_sure": WHERE[one.confidence], "evidence": one.evidence}
        for one in found.findings
    ]
    show(rows, ("key", "value", "how_sure", "evidence"), title=f"What {found.subject.github} tells of itself")
    peers = ", ".join(found.peers)
    note(f"compared with the other subjects of kind {found.subject.kind}: {peers}" if peers else "it has no peers yet")
    for one in found.remarks:
        note(one)


def follow_and_collect(settings: Settings, typed: str) -> Subject:
    """Follow an address, ask every source about it that answers at once, land and score it; return the subject."""
    from flows.cli.runs import collect_one

    found, _ = follow_address(settings, typed, None, plan=False)
    for one in found.remarks:
        note(one)
    collect_one(settings, found.subject.id)
    return found.subject
