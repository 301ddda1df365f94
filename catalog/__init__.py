"""What we follow and what a measurement is: frozen values, and the TOML files that hold them."""
