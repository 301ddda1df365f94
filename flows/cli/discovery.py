"""The command that follows a framework by its address."""

from typing import Annotated

import typer

from flows.cli.arguments import Gh, Json, Wide, load_settings
from flows.cli.show import print_json
from flows.notes import note

discovery = typer.Typer()


@discovery.command()
def follow(
    address: Annotated[str, typer.Argument(help="Address of a repository, owner/name, or a name.")],
    kind: Annotated[str | None, typer.Option("--kind", help="Its kind, where it is not what was found.")] = None,
    plan: Annotated[bool, typer.Option("--plan", help="Only show what is found; write nothing.")] = False,
    wide: Wide = False,
    gh: Gh = False,
    as_json: Json = False,
) -> None:
    """Add a framework to your own catalog. Its names at each source are found from its repository."""
    from flows.cli.following import follow_address, show_found

    settings = load_settings()
    found, added = follow_address(settings, address, kind, plan=plan)
    if as_json:
        print_json(
            {
                "subject": found.subject.model_dump(),
                "findings": [vars(one) | {"confidence": str(one.confidence)} for one in found.findings],
                "peers": found.peers,
                "remarks": found.remarks,
                "added": added,
            }
        )
        return
    show_found(found)
    if plan:
        note("nothing was written; without --plan it is")
    elif found.is_known and not added:
        note(f"{found.subject.name} is followed already, as {found.subject.id}")
    else:
        note(f"written to {settings.own_catalog}; next: speedscore nightly --subject {found.subject.id}")
