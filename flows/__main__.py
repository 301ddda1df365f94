"""`python -m flows` is `speedscore`."""

from flows.cli.app import main

main()
