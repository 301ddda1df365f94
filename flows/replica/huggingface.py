"""Hugging Face: the models of a library tag, their total or page after page; daily papers with their repositories."""

from datetime import date
from functools import cache
from typing import Any

from flows.replica import daily_papers, venues
from flows.replica.answer import Answer, Request, of_json
from flows.replica.world import World


def answer(world: World, request: Request) -> Answer:
    """Answer for models by tag; Link leads to the next page until the list ends; for daily papers and for papers."""
    if request.path == "/api/daily_papers":
        return of_json(list(daily_papers.listed(date.fromisoformat(request.query["date"]))))
    if request.path.startswith("/api/papers/"):
        page = _page(request.path.removeprefix("/api/papers/"))
        return of_json(page or {"error": "Not Found"}, 200 if page else 404)
    if request.path == "/models-json":
        total = world.models.get(request.query.get("library", ""), 0)
        return of_json({"models": [], "numItemsPerPage": 30, "numTotalItems": total, "pageIndex": 0})
    if request.path != "/api/models":
        return of_json({"error": "Not Found"}, 404)
    tag = request.query.get("filter", "")
    total, size = world.models.get(tag, 0), request.number("limit", 1000, 1000)
    start = request.number("cursor", 0, 10**9)
    end = min(start + size, total)
    link = {"Link": f'<{request.at("/huggingface/api/models", cursor=end)}>; rel="next"'} if end < total else {}
    numbers = by_downloads(total) if request.query.get("sort") == "downloads" else range(total)
    return of_json([_model(tag, number) for number in numbers[start:end]], headers=link)


def _page(arxiv_id: str) -> dict[str, object] | None:
    """Return the page of a paper: one of a venue, or a daily one."""
    paper = venues.by_arxiv(arxiv_id)
    if paper is None:
        return daily_papers.page_of(arxiv_id)
    return {"id": arxiv_id, "title": paper.title, "githubRepo": paper.address if "huggingface" in paper.ways else None}


@cache
def by_downloads(total: int) -> list[int]:
    """Return the numbers of so many models, the most downloaded first."""
    return sorted(range(total), key=downloads, reverse=True)


def downloads(number: int) -> int:
    """Return the downloads of a model in 30 days: nine of ten have fewer than a hundred."""
    return 10 * (number % 900) if number % 10 == 0 else number % 100


def owner(number: int) -> str:
    """Return the owner of a model; some have many."""
    return f"owner-{number % 1_370 // 3}"


def owners(total: int) -> int:
    """Return how many owners have a model that was downloaded a hundred times, of so many models."""
    return len({owner(number) for number in range(total) if downloads(number) >= 100})


def _model(tag: str, number: int) -> dict[str, Any]:
    name = f"{owner(number)}/{tag}-{number}"
    counts = {"likes": number % 50, "downloads": downloads(number)}
    names = {"_id": f"{number:024x}", "id": name, "modelId": name}
    return {**names, "private": False, **counts, "tags": [tag, "region:us"]}
