"""Tell the stars of a year, and keep the newest year of each subject: another day is added without the others."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from warehouse.query import rows, statement
from warehouse.staging import Staging


def add_star_years(
    staged: Staging, since: datetime | None, stamp: Mapping[str, Any], kept_until: datetime | None
) -> int:
    """Add the sums that follow from what has come, from `since` on (None: none do); return how many.

    Every year is summed anew where what has come was learned before what is known up to `kept_until`.
    """
    connection, added = staged.connection, 0
    if since:
        known = {"known_at": stamp["known_at"], "kept_until": kept_until}
        staged.stage("year_going_on", "stage_star_years", since=since, **known)
        staged.stage("star_sum", "stage_star_sums", since=since, **rows(connection, "dropped_within")[0])
        told = connection.execute(statement("derive_new_stars"), {"since": since, **stamp})
        added = int(told.fetchall()[0][0])
    connection.execute(statement("forget_star_years"))
    if since:
        connection.execute(statement("insert_star_years"))
    return added
