"""GH Archive: public GitHub events, one file an hour."""
