"""How well repositories are classified, against a file of labels; it asks nobody."""

import gzip
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from catalog.code_state import CodeState
from catalog.errors import InputError
from catalog.text import text_of
from collectors.research.labelled import NONE, Labelled, read_labelled
from collectors.research.series import ArchivedLink
from scoring.derive.agreement import (
    Pair,
    Quality,
    agreement,
    among_named,
    confusion_of,
    confusion_table,
    factor,
    quality,
)
from scoring.derive.splice import splices
from scoring.derive.venue_shares import Confusion, Share

LABELS = "labelled/repositories.jsonl.gz"
MAIN = ("pytorch", "jax", "tf")
SILENT = frozenset({NONE, *map(str, CodeState)})
OVERLAP = range(2023, 2025)  # the archive's last years, and the first of which venues are read
SPAN_YEARS = 3
Row = dict[str, Any]


def labelled_at(path: Path) -> list[Labelled]:
    """Return the labelled repositories of a file, or of the folder of research data; raise InputError without any."""
    file = path / LABELS if path.is_dir() else path
    try:
        found = read_labelled(text_at(file).splitlines(), file.name)
    except FileNotFoundError as error:
        raise InputError(f"{file}: no such file; give a file of labelled repositories, or its folder") from error
    if not any(one.truth for one in found):
        raise InputError(f"{file} holds no labelled repository; see docs/research.md for the fields")
    return found


def text_at(file: Path) -> str:
    """Return the text of a file, packed by gzip or plain."""
    if file.suffix != ".gz":
        return text_of(file)
    try:
        return gzip.decompress(file.read_bytes()).decode("utf-8")
    except (gzip.BadGzipFile, zlib.error, EOFError, UnicodeDecodeError) as error:
        raise InputError(f"{file} is no text packed by gzip: {error}") from error


def evaluation(labelled: Sequence[Labelled]) -> dict[str, Any]:
    """Return precision, recall, confusion and disagreements, in all and by period, and the archive's labels."""
    judged = [one for one in labelled if one.truth is not None and not one.is_weak]
    pairs = truths(judged)
    weak = [Pair(one.archive, one.told) for one in labelled if one.is_weak and one.archive]
    return {
        "repositories": len(judged),
        "agreement": _said(agreement(pairs)),
        "frameworks": list(_qualities(pairs)),
        "confusion": _confusion(pairs),
        "periods": [row for period, some in _periods(judged) for row in _of_period(period, some)],
        "disagreements": [_disagreement(one) for one in judged if one.truth != one.told],
        "manifests_alone": {
            "repositories": len(weak),
            "frameworks": list(_qualities(weak)),
            "confusion": _confusion(weak),
        },
        "archive": _overlap(judged),
    }


def truths(labelled: Iterable[Labelled]) -> list[Pair]:
    """Return what each repository's label says beside what we say."""
    return [Pair(one.truth, one.told) for one in labelled if one.truth is not None and not one.is_weak]


def confusion_among_named(framework: str, labelled: Iterable[Labelled]) -> Confusion:
    """Return how the classifier fares among repositories that name a framework, by the label and by us."""
    return confusion_of(framework, among_named(truths(labelled), SILENT))


def _qualities(pairs: Sequence[Pair]) -> Iterator[Row]:
    named = {one for pair in pairs for one in (pair.truth, pair.told)} - SILENT
    for framework in (*MAIN, *sorted(named - set(MAIN))):
        yield _quality_row(quality(framework, pairs))


def _quality_row(found: Quality) -> Row:
    ends = {name: _said(getattr(found, name)) for name in ("precision", "recall")}
    rates = {
        f"{name}{end}": ends[name][key] for name in ends for end, key in (("", "value"), ("_lo", "lo"), ("_hi", "hi"))
    }
    return {"framework": found.framework, **rates, **asdict(found.confusion)}


def _said(share: Share | None) -> Row:
    return {name: getattr(share, name, None) for name in ("value", "lo", "hi", "n")}


def _confusion(pairs: Sequence[Pair]) -> list[Row]:
    return [{"truth": truth, "told": told, "repositories": times} for truth, told, times in confusion_table(pairs)]


def _periods(judged: Sequence[Labelled]) -> Iterator[tuple[str, list[Labelled]]]:
    """Yield the repositories of each venue-year; those without a venue by the years of their last commits."""
    spans: dict[str, list[Labelled]] = defaultdict(list)
    for one in judged:
        first = one.year and one.year - one.year % SPAN_YEARS
        dated = f"committed {first}-{first + SPAN_YEARS - 1}" if first else "no date"
        spans[one.venue or dated].append(one)
    yield from sorted(spans.items())


def _of_period(period: str, some: Sequence[Labelled]) -> Iterator[Row]:
    pairs = truths(some)
    for row in _qualities(pairs):
        if row["hits"] + row["misses"] + row["false_alarms"]:
            yield {"period": period, "repositories": len(pairs), **row}


def _disagreement(one: Labelled) -> Row:
    verdict = one.verdict
    files = {"importing": dict(verdict.importing), "files_read": verdict.files_read}
    return {"repository": one.repository, "truth": one.truth, "told": one.told, "archive": one.archive, **files}


def _overlap(judged: Sequence[Labelled]) -> dict[str, Any]:
    """Return the archive's label against our verdict on the same repositories: of all years, and of the overlap."""
    known = [one for one in judged if one.archive is not None]
    spans = {"all": known, "overlap": [one for one in known if one.year in OVERLAP]}
    return {name: _against_archive(some) for name, some in spans.items()}


def weighed(labelled: Sequence[Labelled], links: Iterable[ArchivedLink]) -> list[Row]:
    """Return what the archive's shares of the overlap become by our imports, at its own mix of labels then."""
    mix = Counter(one.framework or NONE for one in links if one.year in OVERLAP)
    pairs = _archive_pairs([one for one in labelled if one.truth is not None and not one.is_weak])
    return [asdict(one) for one in splices([name for name, _ in mix.most_common()], pairs, mix, {NONE})]


def _archive_pairs(some: Sequence[Labelled]) -> list[Pair]:
    """Return the archive's label of each repository beside our main framework; what names none is one word."""
    known = ((one.archive, one.told) for one in some if one.archive is not None)
    return [Pair(label, told if told not in SILENT else NONE) for label, told in known]


def _against_archive(some: Sequence[Labelled]) -> dict[str, Any]:
    pairs = _archive_pairs(some)
    words = sorted({pair.truth for pair in pairs} | {pair.told for pair in pairs} - {NONE})
    labels = [
        {"archive": word, "repositories": len(own), "right": sum(pair.told == word for pair in own)}
        for word in words
        if (own := [pair for pair in pairs if pair.truth == word])
    ]
    rows = [{"archive": truth, "ours": told, "repositories": times} for truth, told, times in confusion_table(pairs)]
    factors = [asdict(factor(word, pairs)) for word in words if word != NONE]
    return {"repositories": len(pairs), "labels": labels, "confusion": rows, "factors": factors}
