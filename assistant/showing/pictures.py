"""Plots as HTML: a matrix, a calibration, scores, upright bars. They follow the theme by its colours, fit any width, and say
by text what they say by colour. They are made of elements that the chat, which cleans what it shows, leaves whole: it takes
away `viewBox`, `aria-` and `data-` attributes, so a name is a text that is not seen, and a command the value of a button."""

from __future__ import annotations

from assistant.reply import Bars, Plot
from assistant.showing.escaping import attribute, escaped
from assistant.showing.texts import percent


def mark(command: str, body: str, style: str, said: str = "", shade: str = "") -> str:
    """One mark of a plot; `said` is what it says, for whoever does not see it, or asks by pointing."""
    look = f' style="{shade}"' if shade else ""
    unseen = f'<span class="aw-unseen">{escaped(said)}</span>' if said else ""
    if not command:
        return f'<span class="{style}"{look} title="{attribute(said)}">{unseen}{body}</span>'
    told = f"{said} · {command}" if said else command
    return (
        f'<button type="button" class="aw-pick {style}"{look} value="{attribute(command)}" '
        f'title="{attribute(told)}">{unseen}{body}</button>'
    )


def plot(block: Plot, live: bool) -> str:
    """The picture of a plot, without its title."""
    return {"matrix": _matrix, "calibration": _calibration, "scores": _scores}[block.form](block, live)


def upright(block: Bars, live: bool) -> str:
    """Bars that stand on an axis, as high as the tallest allows."""
    tallest = max((value for _, value in block.bars), default=0.0) or 1.0
    columns = []
    for place, (name, value) in enumerate(block.bars):
        said = f"{name}: {percent(value)} ({block.counts[place]:,})"
        body = _column(_short(value), f'<span class="aw-rise" style="height:{value / tallest:.1%}"></span>')
        columns.append(mark(_command(block.commands, place, live), body + _tick(block.ticks[place]), "aw-column", said))
    return f'<div class="aw-columns">{"".join(columns)}</div>'


def _column(number: str, inside: str, more: str = "") -> str:
    """`inside` stands in the room of a column, under its number."""
    head = f'<span class="aw-tip">{escaped(number)}</span>'
    return f'{head}<span class="aw-room{more}">{inside}</span>'


def _short(share: float) -> str:
    """A share in the narrow place above a column: the whole of it stands in what the column says."""
    if not 0.005 <= share <= 0.995:
        return {0.0: "", 1.0: "100%"}.get(share, "<1%" if share < 0.5 else ">99%")
    return f"{share:.0%}"


def _tick(name: str) -> str:
    return f'<span class="aw-tick">{escaped(name)}</span>'


def _command(commands: tuple[str, ...], place: int, live: bool) -> str:
    return commands[place] if commands and live else ""


def _matrix(block: Plot, live: bool) -> str:
    """Shaded by the share of the row, which is written too; what is right has a frame, and its count is bold."""
    head = "".join(f'<th scope="col">{escaped(name)}</th>' for name in block.columns)
    rows = []
    for place, (name, *_) in enumerate(block.rows):
        counts = block.values[place]
        total = sum(counts) or 1
        cells = []
        for column, count in enumerate(counts):
            said = f"{block.columns[0]} {name}, {block.columns[column + 1]}: {int(count):,}"
            right = " aw-right" if column == place else ""
            body = f"<span>{int(count):,}</span> <small>{percent(count / total)}</small>"
            cell = mark(_command(block.commands[place], column, live), body, f"aw-cell{right}", said, f"--aw:{count / total:.2f}")
            cells.append(f"<td>{cell}</td>")
        rows.append(f'<tr><th scope="row">{escaped(name)}</th>{"".join(cells)}</tr>')
    return _grid("aw-matrix", head, rows)


def _scores(block: Plot, live: bool) -> str:
    """Each score a bar behind its number."""
    head = "".join(f'<th scope="col">{escaped(name)}</th>' for name in block.columns)
    rows = []
    for place, (name, *said) in enumerate(block.rows):
        cells = []
        for column, told in enumerate(said):
            if column >= len(block.values[place]):
                cells.append(f"<td>{escaped(told)}</td>")
                continue
            full = f"{block.columns[column + 1]} {name}: "
            level = f"--aw:{block.values[place][column]:.3f}"
            cell = mark(_command(block.commands[place], column, live), escaped(told), "aw-level", full, level)
            cells.append(f"<td>{cell}</td>")
        rows.append(f'<tr><th scope="row">{escaped(name)}</th>{"".join(cells)}</tr>')
    return _grid("aw-scores", head, rows)


def _grid(style: str, head: str, rows: list[str]) -> str:
    table = f'<table class="{style}"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
    return f'<div class="aw-scroll">{table}</div>'


def _calibration(block: Plot, live: bool) -> str:
    """A column for each bin as high as its share of right answers, a line across at the mean confidence, and below each the
    number of rows, with a bar for it."""
    axis, counted, mean, right = block.columns
    most = max((value[2] for value in block.values), default=1)
    bins = {round(value[0], 6): (value, place) for place, value in enumerate(block.values)}
    width = min((high - low for low, high, *_ in block.values), default=0.1)
    first = round(min(bins, default=0.0) / width)
    columns = []
    for slot in range(first, round(1 / width)):
        tick = _tick(f"{slot * width:.0%}")
        if round(slot * width, 6) not in bins:
            columns.append(f'<span class="aw-column">{_column("", "")}<span class="aw-count"></span>{tick}</span>')
            continue
        (_, _, rows, sure, accuracy), place = bins[round(slot * width, 6)]
        cells = block.rows[place]
        said = ", ".join(f"{name} {cell}" for name, cell in zip(block.columns, cells, strict=True))
        inside = (
            f'<span class="aw-rise" style="height:{accuracy:.1%}"></span><span class="aw-line" style="bottom:{sure:.1%}"></span>'
        )
        count = f'<span class="aw-count"><span class="aw-hang" style="height:{rows / most:.1%}"></span></span>'
        body = _column(_short(accuracy), inside, " aw-whole") + count + tick
        columns.append(mark(_command(block.commands[place], 0, live), body, "aw-column", said))
    legend = (
        f'<div class="aw-legend"><span class="aw-key aw-rise"></span> {escaped(right)} '
        f'<span class="aw-key aw-line"></span> {escaped(mean)} <span class="aw-key aw-hang"></span> {escaped(counted)}</div>'
    )
    return f'<div class="aw-columns">{"".join(columns)}</div><div class="aw-axis">{escaped(axis)} →</div>{legend}'
