"""Four shares of a framework among a venue's papers, with their intervals, from a sample of the linked ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalog.code_state import CodeState


@dataclass(frozen=True)
class Read:
    """What one repository of a paper came to: its state, and its main framework where it names one."""

    state: CodeState
    main: str | None = None


@dataclass(frozen=True)
class VenueSample:
    """A venue-year: papers accepted, papers with a linked repository, and the linked papers that were read.

    `papers` has the repositories of each paper that was read, at least one.
    """

    accepted: int
    linked: int
    papers: Sequence[Sequence[Read]]


@dataclass(frozen=True)
class Confusion:
    """How often the classifier met the truth about one framework, counted in repositories that name one."""

    hits: int
    false_alarms: int
    misses: int
    rightly_not: int


@dataclass(frozen=True)
class Share:
    """A share from 0 to 1 with its 95 % interval, and the papers that it rests on."""

    value: float
    lo: float
    hi: float
    n: int


@dataclass(frozen=True)
class VenueShares:
    """The shares of one framework; one that rests on no paper is None.

    e1: of the papers with a linked repository. e2: of those whose repository names a framework. e3: of those that name
    it or its rival. e4: of all accepted papers, a lower bound. corrected: e2, freed of the classifier's known errors.
    bounds: the share of all accepted papers if no other paper, or every paper not seen, uses it.
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
    """Return the shares of a framework in a venue-year."""
    raise NotImplementedError
