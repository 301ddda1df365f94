"""Four shares of a framework among a venue's papers, with their intervals, from a sample of the linked ones.

A paper counts for a framework by the part of its repositories whose main framework it is (docs/research.md).
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from catalog.code_state import CodeState
from catalog.statistics import NORMAL_95, wilson_ends

RIVALS = {"pytorch": "tf"}
RIVAL = "pytorch"


@dataclass(frozen=True)
class Read:
    """What one repository of a paper came to: its state, and its main framework where it names one."""

    state: CodeState
    main: str | None = None


Paper = Sequence[Read]


@dataclass(frozen=True)
class VenueSample:
    """A venue-year: papers accepted, papers with a linked repository, and the linked papers that were read.

    `papers` has the repositories of each paper that was read, at least one. Without the two counts the sample is taken
    for one of an endless population, and tells nothing of all accepted papers.
    """

    accepted: int | None
    linked: int | None
    papers: Sequence[Paper]


@dataclass(frozen=True)
class Confusion:
    """How often the classifier met the truth about one framework, counted in repositories that name one."""

    hits: int
    false_alarms: int
    misses: int
    rightly_not: int


@dataclass(frozen=True)
class Share:
    """A share from 0 to 1 with its 95 % interval, and the papers that it rests on.

    `effective_n` papers of an endless population would tell it as well; infinite for a whole census.
    """

    value: float
    lo: float
    hi: float
    n: int
    effective_n: float = math.inf


@dataclass(frozen=True)
class VenueShares:
    """The shares of one framework; one that rests on no paper is None.

    e1: of the papers with a linked repository. e2: of those whose repository names a framework. e3: of those that name
    it or its rival. e4: of all accepted papers, a lower bound. corrected: e2, freed of the classifier's known errors.
    bounds: the share of all accepted papers if no paper without a known framework uses it, and if all of them do.
    causes: why papers that were read name no framework, by the state of their most telling repository.
    """

    framework: str
    e1: Share | None
    e2: Share | None
    e3: Share | None
    e4: Share | None
    corrected: Share | None
    bounds: tuple[float, float] | None
    causes: Mapping[CodeState, int]


def venue_shares(framework: str, sample: VenueSample, confusion: Confusion | None = None) -> VenueShares:
    """Return the shares of a framework in a venue-year; raise ValueError for a sample that contradicts itself."""
    read, linked, accepted = len(sample.papers), _known(sample.linked), _known(sample.accepted)
    if not read <= linked <= accepted or not all(sample.papers):
        raise ValueError(f"{read} papers read of {sample.linked} linked of {sample.accepted} accepted")
    rival = RIVALS.get(framework, RIVAL)

    def share(counts: Callable[[Read], bool]) -> Share | None:
        weights = [weight for paper in sample.papers if (weight := _weight(paper, framework, counts)) is not None]
        return sampled_share(weights, read, linked)

    e1, e2 = share(lambda _: True), share(lambda one: one.main is not None)
    return VenueShares(
        framework,
        e1=e1,
        e2=e2,
        e3=share(lambda one: one.main in {framework, rival}),
        e4=_of_accepted(e1, sample) if e1 else None,
        corrected=corrected_share(e2, confusion) if e2 and confusion else None,
        bounds=_bounds(e1, sample) if e1 else None,
        causes=silences(sample.papers),
    )


def sampled_share(weights: Sequence[float], drawn: int, population: float = math.inf) -> Share | None:
    """Return the mean of what each paper counts, from 0 to 1, with Wilson's interval for a finite population.

    `drawn` of the population's papers were read, and those with a weight are a part of them. The correction divides
    the variance by (N - 1) / (N - n), after Cochran, Sampling Techniques (1977), 2.8; a whole census is exact.
    """
    n = len(weights)
    if n == 0:
        return None
    value = math.fsum(weights) / n
    if drawn >= population:
        return Share(value, value, value, n)
    effective_n = n if math.isinf(population) else n * (population - 1) / (population - drawn)
    lo, hi = wilson_ends(value, effective_n)
    return Share(value, max(0.0, lo), min(1.0, hi), n, effective_n)


def corrected_share(share: Share, confusion: Confusion) -> Share | None:
    """Return the share freed of the classifier's errors; None where it tells no better than chance.

    The estimate is that of Rogan and Gladen (1978), with the interval of Lang and Reiczigel (2014), which counts in
    how well sensitivity and specificity are known; the share counts as its effective number of papers.
    """
    positives, negatives = confusion.hits + confusion.misses, confusion.rightly_not + confusion.false_alarms
    if not positives or not negatives:
        return None
    sensitivity, specificity = confusion.hits / positives, confusion.rightly_not / negatives
    youden = sensitivity + specificity - 1
    if youden <= 0:
        return None
    value = (share.value + specificity - 1) / youden
    lo, hi = _lang_reiczigel(share, (confusion.hits, positives), (confusion.rightly_not, negatives))
    value, lo, hi = (min(1.0, max(0.0, one)) for one in (value, min(lo, value), max(hi, value)))
    return Share(value, lo, hi, share.n, share.effective_n)


def _lang_reiczigel(share: Share, sensitive: tuple[int, int], specific: tuple[int, int]) -> tuple[float, float]:
    z = NORMAL_95
    p, variance = share.value, 0.0
    if math.isfinite(n := share.effective_n):
        p = (n * share.value + z * z / 2) / (n + z * z)
        variance = p * (1 - p) / (n + z * z)
    (se, of_se), (sp, of_sp) = (((hits + 1) / (all_ + 2), all_ + 2) for hits, all_ in (sensitive, specific))
    if se + sp <= 1:  # for all that is known of it, the classifier tells no better than chance
        return 0.0, 1.0
    true = (p + sp - 1) / (se + sp - 1)
    of_error = (se * (1 - se) / of_se, sp * (1 - sp) / of_sp)
    shift = 2 * z * z * (true * of_error[0] - (1 - true) * of_error[1])
    half = z * math.sqrt(variance + true**2 * of_error[0] + (1 - true) ** 2 * of_error[1]) / (se + sp - 1)
    return true + shift - half, true + shift + half


def silences(papers: Sequence[Paper]) -> dict[CodeState, int]:
    """Count the papers of which no repository names a framework, each once, by its most telling repository."""
    order = list(CodeState)
    silent = (min((one.state for one in paper), key=order.index) for paper in papers if not _named(paper))
    counted = Counter(silent)
    return {state: counted[state] for state in order if state is not CodeState.NAMED}


def _named(paper: Paper) -> bool:
    return any(one.main is not None for one in paper)


def _weight(paper: Paper, framework: str, counts: Callable[[Read], bool]) -> float | None:
    base = [one for one in paper if counts(one)]
    return sum(one.main == framework for one in base) / len(base) if base else None


def _of_accepted(e1: Share, sample: VenueSample) -> Share | None:
    if not sample.accepted or sample.linked is None:
        return None
    part = sample.linked / sample.accepted
    return Share(e1.value * part, e1.lo * part, e1.hi * part, e1.n, e1.effective_n)


def _bounds(e1: Share, sample: VenueSample) -> tuple[float, float] | None:
    if not sample.accepted or sample.linked is None:
        return None
    part = sample.linked / sample.accepted
    silent = sum(not _named(paper) for paper in sample.papers) / len(sample.papers)
    low = e1.value * part
    return low, max(low, min(1.0, low + silent * part + 1 - part))


def _known(count: int | None) -> float:
    return math.inf if count is None else count
