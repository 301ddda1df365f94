"""What a repository's code came to, as a row of `code_verdict`."""

import json
from datetime import datetime
from typing import Any

from catalog.classifier import RULE
from collectors.paper_code.repositories import Seen


def verdict_row(seen: Seen, way: str, now: datetime) -> dict[str, Any]:
    """Return what a repository's code says as a row of `code_verdict`; `way` is how it was read."""
    verdict = seen.verdict
    own = {name: getattr(seen, name) for name in ("github_id", "commit_sha", "pushed_at")}
    counts = {name: json.dumps(dict(getattr(verdict, name)), sort_keys=True) for name in ("importing", "libraries")}
    said = {"state": str(verdict.state), "main": verdict.main, "is_weak": verdict.weak}
    read = {"files_read": verdict.files_read, "read_at": now, "way": way, "why": verdict.why or None, "rule": RULE}
    return {"repository": seen.repository.lower(), **own, **counts, **said, **read}
