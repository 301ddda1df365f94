"""The Prefect flows, and the servers and workers that run them."""
