"""Health as monitors read it: the versions beside the verdict, and the text format of Prometheus."""

from collections.abc import Sequence
from importlib.metadata import version

from flows.clock import utc_now
from flows.stages.check import Check, Verdict, worst
from scoring.rubric_files import default_on
from warehouse.migrate import migrations

HEADER = """\
# HELP speedscore_verdict 0 where all is well, 1 to be looked at within days, 2 to be looked at now.
# TYPE speedscore_verdict gauge
speedscore_verdict {worst}
# HELP speedscore_check The same of each thing that is looked at.
# TYPE speedscore_check gauge
"""


def program() -> dict[str, str]:
    """Return which program, schema and rubric speak here."""
    return {"version": version("speedscore"), "warehouse": migrations()[-1][0], "rubric": default_on(utc_now())}


def prometheus_text(checks: Sequence[Check]) -> str:
    """Return the checks in Prometheus's text format, figures with their unit as a label."""
    number = {verdict: position for position, verdict in enumerate(Verdict)}
    lines = [f'speedscore_check{{name="{one.name}"}} {number[one.verdict]}\n' for one in checks]
    figures = [one for one in checks if one.value is not None]
    told = [f'speedscore_figure{{name="{one.name}",unit="{one.unit}"}} {one.value:.6g}\n' for one in figures]
    about = ",".join(f'{name}="{value}"' for name, value in program().items())
    return "".join(
        [
            HEADER.format(worst=number[worst(checks)]),
            *lines,
            "# HELP speedscore_figure What was measured for the check.\n# TYPE speedscore_figure gauge\n",
            *told,
            "# HELP speedscore_info Which program, schema and rubric speak.\n# TYPE speedscore_info gauge\n",
            f"speedscore_info{{{about}}} 1\n",
        ]
    )
