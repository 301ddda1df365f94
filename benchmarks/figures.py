"""Every figure that was asked for, in one table: `make bench-figures`.

    python -m benchmarks.figures --home HOME [--only NAME ...] [--share 1.0]

The items of work run one after the other, each in a process of its own; a figure is the median of its turns, beside
its baseline of the same run and what was asked. `--share 0.01` tries everything at a hundredth of its size. The exit
code is 1 where an item could not be measured; no figure fails it.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from benchmarks.apart import apart
from benchmarks.figure import figure_of, head, line

ITEMS = {
    "commands": "items_commands:commands",
    "landing": "items_warehouse:landing",
    "stored": "items_warehouse:stored",
    "publishing": "items_warehouse:publishing",
    "subjects": "items_scores:subjects",
    "history": "items_scores:history",
    "verify": "items_scores:verify",
    "giants": "items_nights:giants",
    "prefect": "items_nights:prefect",
    "many": "items_nights:many",
    "very-many": "items_nights:very_many",
    "archive": "items_archive:archive",
}


def main() -> int:
    """Print the table line by line; return 1 where an item could not be measured."""
    asked = _asked()
    failed = []
    if asked.share != 1:
        print(f"A trial at {asked.share:g} of each size, to which no figure that was asked applies.\n")
    print(head(), flush=True)
    for name in asked.only or ITEMS:
        try:
            for told in apart(ITEMS[name], str(asked.home.resolve()), asked.share):
                figure = figure_of(told)
                print(line(figure if asked.share == 1 else figure._replace(asked=None)), flush=True)
        except subprocess.CalledProcessError:
            failed.append(name)
    for name in failed:
        print(f"{name}: could not be measured; its words stand above", file=sys.stderr)
    return int(bool(failed))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, required=True, help="the home of a kept demo")
    parser.add_argument("--only", nargs="+", choices=sorted(ITEMS), metavar="NAME", help=", ".join(ITEMS))
    parser.add_argument("--share", type=float, default=1.0)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
