"""Telling the progress of work that is done in parts."""

from __future__ import annotations

from explainers.classifier import Progress


def part(progress: Progress | None, start: float, size: float) -> Progress | None:
    """Progress of a part that begins when the share `start` is done and makes up `size` of the whole."""
    return None if progress is None else lambda share: progress(min(1.0, start + size * share))


def half(progress: Progress | None, rounds: int) -> Progress | None:
    """Progress of a round after `rounds` others, when nobody knows how many will follow: half of what is left."""
    return part(progress, 1 - 0.5**rounds, 0.5 ** (rounds + 1))
