"""Cards and pages: text from scored facts, nothing asked, nothing computed."""
