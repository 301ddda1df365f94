"""The outermost room: the one clock, the environment, the command line, and Prefect."""
