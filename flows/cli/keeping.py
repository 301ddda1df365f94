"""The commands for years: is it well, mend it, keep a copy, bring it back, forget old answers."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from catalog.wording import many
from flows.cli.arguments import Json, Wide, load_settings
from flows.cli.show import print_json, show
from flows.notes import note

keeping = typer.Typer()

CHECK_COLUMNS, FINDING_COLUMNS = ("name", "verdict", "detail"), ("what", "found", "done")
MAX_AGE_H = 36.0


@keeping.command()
def health(
    max_age: Annotated[float, typer.Option(min=0, help="Hours after which the last night is too old.")] = MAX_AGE_H,
    prometheus: Annotated[bool, typer.Option("--prometheus", help="Metrics as Prometheus reads them.")] = False,
    wide: Wide = False,
    as_json: Json = False,
) -> None:
    """Say whether all is well. Exit code 0, or 1 where somebody must act. Asks nobody, changes nothing."""
    from flows.stages.check import Verdict, worst
    from flows.stages.health import health as look
    from flows.stages.health_text import program, prometheus_text

    settings = load_settings()
    checks = look(settings, max_age)
    verdict = worst(checks)
    if prometheus:
        print(prometheus_text(checks), end="")
    elif as_json:
        print_json({"verdict": verdict, **program(), "checks": [asdict(one) for one in checks]})
    else:
        show([asdict(one) for one in checks], CHECK_COLUMNS)
        note(f"{verdict}: " + ", ".join(f"{name} {value}" for name, value in program().items()))
    raise typer.Exit(1 if verdict is Verdict.FAIL else 0)


@keeping.command()
def doctor(
    plan: Annotated[bool, typer.Option("--plan", help="Only say what is wrong.")] = False,
    wide: Wide = False,
    as_json: Json = False,
) -> None:
    """Find damage, and mend it. What is damaged or left over is set aside, and made anew where that can be."""
    from flows.stages.doctor import examine

    found = [asdict(one) for one in examine(load_settings(), repairs=not plan)]
    if found or as_json:
        show(found, FINDING_COLUMNS, as_json=as_json)
    else:
        note("nothing is damaged, nothing is left over")


@keeping.command()
def backup(
    target: Annotated[
        str | None, typer.Argument(help="Folder, .tar.gz file, or address such as s3://bucket/folder.")
    ] = None,
    keep: Annotated[int | None, typer.Option(min=1, help="Delete older backups beside it but for so many.")] = None,
    with_raw: Annotated[bool, typer.Option("--with-raw", help="Keep every raw answer too, for replays.")] = False,
    as_json: Json = False,
) -> None:
    """Keep a copy of the warehouse. Consistent while others write, compressed, read again and compared."""
    from flows.stages.backup import back_up

    where, manifest = back_up(load_settings(), target, keep, with_raw=with_raw)
    if as_json:
        print_json({"backup": where, **asdict(manifest)})
        return
    print(where)
    note(
        f"{many(sum(manifest.rows.values()), 'rows')} in {many(len(manifest.files), 'files')}, read again and found equal"
    )


@keeping.command()
def restore(backup: Annotated[str, typer.Argument(help="File or address of a backup.")], as_json: Json = False) -> None:
    """Bring a backup back. What is there now is renamed, never deleted."""
    from flows.stages.restore import restore as bring_back

    done = bring_back(load_settings(), backup)
    if as_json:
        print_json(
            {"manifest": asdict(done.manifest), "renamed": list(map(str, done.renamed)), "answers": done.answers}
        )
        return
    note(f"the warehouse of {done.manifest.made_at} UTC is back, {many(sum(done.manifest.rows.values()), 'rows')}")
    for path in done.renamed:
        note(f"what was there is kept as {path}")
    note("next: speedscore verify")


@keeping.command()
def prune(
    days: Annotated[int, typer.Option(min=1, help="Keep every answer of the last so many days.")] = 365,
    plan: Annotated[bool, typer.Option("--plan", help="Only say what would go.")] = False,
    as_json: Json = False,
) -> None:
    """Forget old raw answers. Only those that no observation rests on; older runs cannot be replayed then."""
    from flows.stages.prune import prune as forget

    done = forget(load_settings(), days, is_plan=plan)
    if as_json:
        print_json(asdict(done))
        return
    went = "would go" if plan else "gone"
    note(
        f"{went}: {many(done.answers, 'answers')} and the lists of {many(done.runs, 'runs')}, {done.size_bytes / 1e6:.1f} MB"
    )


@keeping.command("migrate-warehouse")
def migrate_warehouse(
    to: Annotated[Path, typer.Option(help="Address of an empty lake (team.lake), or a new file (name.duckdb).")],
    as_json: Json = False,
) -> None:
    """Copy every row into a lake, or back. A lake is for a team; rows are compared, and what is there stays as it is."""
    from flows.stages.move import copy_warehouse

    counted = copy_warehouse(load_settings(), to)
    if as_json:
        print_json({"to": str(to), "rows": counted})
        return
    note(f"{to} holds {many(sum(counted.values()), 'rows')} of {many(len(counted), 'tables')}, counted and compared")
    note(f"next: SPEEDSCORE_WAREHOUSE={to} speedscore verify")
