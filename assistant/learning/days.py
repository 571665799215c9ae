"""Days as people write them, for the questions that the parser learns from."""

from __future__ import annotations

import random
from datetime import date, timedelta

FIRST, DAYS = date(2015, 1, 1), 4300
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def some_days(generator: random.Random, count: int) -> list[date]:
    """Different days, the earliest first."""
    return [FIRST + timedelta(days=after) for after in sorted(generator.sample(range(DAYS), count))]


def spoken(day: date, language: str, generator: random.Random) -> str:
    """A day as a person writes it: mostly in figures, else with the month's name."""
    if generator.random() < 0.45:
        return day.isoformat()
    if language == "ko":
        year = f"{day.year}년 {day.month}월 {day.day}일"
        return generator.choice((year, year, year.replace(" ", ""), f"{day.year}.{day.month}.{day.day}"))
    month = MONTHS[day.month - 1]
    month = generator.choice((month, month[:3], month.lower()))
    ending = "th" if 10 < day.day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
    return generator.choice((
        f"{month} {day.day}, {day.year}", f"{day.day} {month} {day.year}", f"{month} {day.day}{ending} {day.year}",
        f"{day.year}/{day.month:02}/{day.day:02}", f"{day.day}.{day.month}.{day.year}",
    ))  # fmt: skip
