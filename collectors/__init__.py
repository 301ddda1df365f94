"""Ask the upstreams, read what they answer, keep every raw answer. One file a source."""
