"""`python -m flows` is `speedscore`."""

from flows.cli import main

main()
