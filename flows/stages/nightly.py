"""The nightly run as plain steps: what it asked, what came, what landed. Prefect wraps them elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flows.settings import Settings
from flows.stages.collect import Asked, Collected
from flows.stages.land import RunStart, land_observations
from flows.stages.machine_clock import MachineClock, machine_clock
from warehouse.frame import packed
from warehouse.land import LandingResult


@dataclass(frozen=True)
class NightlyResult:
    """One nightly run, as people and machines read it."""

    run_id: str
    started_at: datetime
    collected: Sequence[Collected | Asked]
    landed: LandingResult

    @property
    def moved(self) -> Sequence[Mapping[str, Any]]:
        """What the night changed most."""
        return self.landed.moved

    @property
    def is_whole(self) -> bool:
        """Whether every cell that was asked for has a value."""
        return not any(one.missing for one in self.collected) and not self.landed.quarantined

    @property
    def unanswered(self) -> int:
        """How many cells were asked for in vain."""
        return sum(one.missing for one in self.collected)

    @property
    def clock(self) -> MachineClock:
        """How the clock of this machine stood to those of the sources."""
        return machine_clock(one.clock_ahead_s for one in self.collected)

    @property
    def is_sound(self) -> bool:
        """Whether the night is whole, and dated by a clock that is right."""
        return self.is_whole and not self.clock.is_wrong

    @property
    def lost(self) -> list[str]:
        """The sources that did not answer for every subject and metric."""
        return [one.source for one in self.collected if one.missing]

    def without_rows(self) -> "NightlyResult":
        """Return the same night, counted: for whoever keeps or hands on what runs return."""
        return replace(self, collected=[one.counted() if isinstance(one, Collected) else one for one in self.collected])

    def table(self) -> list[dict[str, Any]]:
        """Return one row per source: requests, values, missing cells and why."""
        return [
            {
                "source": one.source,
                "requests": one.requests,
                "values": one.values,
                "missing": one.missing,
                "why": one.reasons,
            }
            for one in self.collected
        ]


def land_night(settings: Settings, collected: Sequence[Collected], run_start: RunStart) -> NightlyResult:
    """Land what all sources gave, in one landing, and say what moved since the last."""
    observations = packed()
    for one in collected:
        observations.extend(one.observations)
    asked = {one.source: {"requests": one.requests, "missing": one.missing} for one in collected}
    detail = {**asked, **machine_clock(one.clock_ahead_s for one in collected).detail()}
    facts = [rows for one in collected for rows in one.rows]
    landed = land_observations(settings, observations, run_start, detail, facts)
    return NightlyResult(run_start.run_id, run_start.started_at, list(collected), landed)
