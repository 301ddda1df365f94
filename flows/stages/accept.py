"""Accept a held level: what the plausibility gates hold back is real, and counts from now on."""

from dataclasses import dataclass

from catalog.load import shipped_observations
from flows.clock import utc_now
from flows.settings import Settings
from flows.stages.derive_past import past_liveness
from flows.stages.land import finished, start_run
from flows.stages.reading import reading
from flows.stages.rescore import Rescored, rescore
from flows.stages.standing import standing
from warehouse.accepted import Acceptance, held_since, record_accepted
from warehouse.connection import open_writer, whole
from warehouse.frame import frame
from warehouse.land import add, next_moment


@dataclass(frozen=True)
class AcceptResult:
    """An acceptance: its run, the readings that count now, and the scores that were made again."""

    run_id: str
    readings: int
    rescored: Rescored


def accept_level(settings: Settings, chosen: Acceptance) -> AcceptResult:
    """Let held readings count, derive what follows, and score the affected days again.

    Raises InputError, and lands nothing, where nothing is held.
    """
    run = finished(start_run("accept"), vars(chosen))
    with reading(settings) as connection:
        held_since(connection, chosen)
    with open_writer(settings.published, utc_now()) as connection, whole(connection):
        known_at = next_moment(connection, run.finished_at)
        readings, since = held_since(connection, chosen)
        record_accepted(connection, chosen, known_at, run.run_id)
        catalog = standing(connection, settings.followed)
        shipped = frame(shipped_observations(catalog))
        add(connection, frame([]), catalog, run, known_at, standing=shipped)
        add(connection, past_liveness(connection), catalog, run)
    return AcceptResult(run.run_id, readings, rescore(settings, since))
