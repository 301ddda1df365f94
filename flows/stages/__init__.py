"""The stages of a run, from collecting to the card; none of them knows Prefect or the terminal."""
