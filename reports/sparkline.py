"""A line of months small enough to stand in a sentence."""

from collections.abc import Sequence

WIDTH, HEIGHT, MARGIN = 160, 32, 3
LEAST_POINTS = 2
LEAST_SPAN = 0.5  # points; so that noise does not look like a mountain


def sparkline(months: Sequence[float | None]) -> list[str]:
    """Return the unbroken stretches of a line as points of an SVG of WIDTH x HEIGHT; a missing month breaks it.

    A month alone between missing ones is a dot: its point twice, which a round line end makes visible. One month in
    all is no line.
    """
    known = [score for score in months if score is not None]
    if len(known) < LEAST_POINTS:
        return []
    middle = (min(known) + max(known)) / 2
    span = max(max(known) - min(known), LEAST_SPAN)
    stretches: list[list[str]] = [[]]
    for place, score in enumerate(months):
        if score is None:
            stretches.append([])
            continue
        across = MARGIN + (WIDTH - 2 * MARGIN) * place / max(len(months) - 1, 1)
        down = HEIGHT / 2 - (HEIGHT - 2 * MARGIN) * (score - middle) / span
        stretches[-1].append(f"{across:.1f},{down:.1f}")
    return [" ".join(points * 2 if len(points) == 1 else points) for points in stretches if points]
