"""How the commands are told: in groups by what one wants to do, each with lines that can be typed."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from flows.cli.arguments import refuse_empty

HEAD = """Written by `python -m flows.cli.guide > docs/commands.md`; a test compares. Exit codes: 0 done, 1 failed, 2 bad input,
3 with `--strict` when anything is missing. In a pipe tables are plain lines."""
GROUPS: dict[str, tuple[str, ...]] = {
    "Start": ("demo", "nightly", "follow", "open"),
    "Look": ("card", "compare", "score", "explain", "subjects", "metrics", "sql", "report"),
    "Watch": ("status", "gaps", "verify", "health", "doctor"),
    "Past": ("backfill", "import", "backtest", "research"),
    "Operate": ("serve", "undo", "accept", "backup", "restore", "prune", "migrate-warehouse"),
}
EXAMPLES: dict[str, tuple[str, ...]] = {
    "demo": ("speedscore demo", "speedscore demo --keep demo-data"),
    "nightly": (
        "speedscore nightly",
        "speedscore nightly --subject pytorch --source github",
        "speedscore nightly --gh",
    ),
    "follow": ("speedscore follow https://github.com/pola-rs/polars", "speedscore follow pola-rs/polars --plan"),
    "open": ("speedscore open",),
    "card": ("speedscore card pytorch", "speedscore card sklearn --as-of 2024-01-31 --format html > card.html"),
    "compare": ("speedscore compare pytorch jax", "speedscore compare pytorch jax mlx --as-of 2024-01-31 --all"),
    "score": (
        "speedscore score --as-of 2024-01-31",
        "speedscore score --from 2024-01-01 --to 2024-12-31 --every month",
    ),
    "explain": ("speedscore explain pytorch --from 2024-01-31 --to 2025-01-31",),
    "subjects": ("speedscore subjects", "speedscore subjects --wide"),
    "metrics": ("speedscore metrics", "speedscore metrics github.stars"),
    "sql": (
        'speedscore sql "from latest_score"',
        'speedscore sql --format records "from why_missing limit 3"',
        "speedscore sql --format csv < question.sql",
    ),
    "report": ("speedscore report", "speedscore report --out site"),
    "status": ("speedscore status", "speedscore status --settings", "speedscore status --max-age 30"),
    "gaps": ("speedscore gaps", "speedscore gaps --subject jax --all"),
    "verify": ("speedscore verify",),
    "backfill": (
        "speedscore backfill --from 2026-01-01 --to 2026-03-31 --plan",
        "speedscore backfill --from 2026-01-01 --to 2026-03-31 --subject jax",
    ),
    "import": ("speedscore import trackers/", "speedscore import github-ranking.csv"),
    "backtest": ("speedscore backtest seed", "speedscore backtest ranks"),
    "research": ("speedscore research samples", "speedscore research evaluate labelled/"),
    "migrate-warehouse": ("speedscore migrate-warehouse --to team.lake",),
    "serve": ("speedscore serve",),
    "undo": ("speedscore undo 20260501T020000-nightly-0a1b2c --plan",),
    "health": ("speedscore health", "speedscore health --max-age 30 --prometheus"),
    "doctor": ("speedscore doctor --plan", "speedscore doctor"),
    "backup": ("speedscore backup", "speedscore backup backups --keep 14"),
    "restore": ("speedscore restore backups/speedscore-20260501T021500.tar.gz",),
    "prune": ("speedscore prune --days 180 --plan",),
    "accept": ("speedscore accept pytorch github.stars",),
}
"""Lines that can be typed as they stand, by the name of the command."""


def arrange(*apps: typer.Typer) -> None:
    """Give each command of the apps its group and its examples."""
    group_of = {name: group for group, names in GROUPS.items() for name in names}
    for app in apps:
        for info in app.registered_commands:
            name = str(info.name or getattr(info.callback, "__name__", ""))
            info.rich_help_panel = group_of.get(name, "More")
            if name in EXAMPLES:
                info.epilog = "\n\n".join(["Examples:", *(f"$ {line}" for line in EXAMPLES[name])])
        for group in app.registered_groups:
            within = group.typer_instance.info.name if group.typer_instance else ""
            group.rich_help_panel = group_of.get(str(within), "More")


class Ordered(TyperGroup):
    """Lists the commands in the order of their groups; takes no empty text for a value."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read what was typed; of the shell, which asks how a word goes on, anything is taken."""
        if not ctx.resilient_parsing:
            refuse_empty(args)
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the name of the base class
        """Return the names of the commands, those of the first group first."""
        order = [name for names in GROUPS.values() for name in names]
        return sorted(self.commands, key=lambda name: order.index(name) if name in order else len(order))


def as_page(root: Any) -> str:
    """Return docs/commands.md: each group, each command with its sentence, its options and its examples."""
    parts = ["# Commands", HEAD]
    for group, names in GROUPS.items():
        parts.append(f"## {group}")
        for name in names:
            command = root.commands[name]
            first = (command.help or "").partition("\n")[0]
            lines = "\n".join(f"    {line}" for line in EXAMPLES[name])
            parts += [f"### {name}", first, lines, "\n".join(_options(command))]
    return "\n\n".join(part for part in parts if part) + "\n"


def _options(command: Any) -> Iterator[str]:
    for one in command.params:
        if one.help and one.name != "help":
            yield f"- `{_called(one)}`: {one.help}"
    for name, inner in getattr(command, "commands", {}).items():
        yield f"- `{name}`: {(inner.help or '').partition(chr(10))[0]}"
        yield from (f"  {line}" for line in _options(inner))


def _called(one: Any) -> str:
    """Return an option as it is typed, and an argument as what stands for it."""
    return str(one.opts[0]) if one.param_type_name == "option" else str(one.metavar or one.name).upper()


if __name__ == "__main__":
    whole = import_module("flows.cli.app").app
    print(as_page(typer.main.get_command(whole)), end="")
