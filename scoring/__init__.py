"""From facts to marks to scores: pure functions of (evidence, day, rubric)."""
