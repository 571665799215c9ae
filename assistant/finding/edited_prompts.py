"""The same edit on several prompts, as a what-if: which prompts it touches, and what the model writes then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from explainers.edits import Edit, Emptied, Unchanged
from explainers.spans import Unfound

from assistant.context import Context
from assistant.conversation import Edited, Subject
from assistant.finding.rewritten import own
from assistant.writing import Written, alike

MOST = 16  # prompts answered anew: each takes two answers, of seconds on a laptop
TOLD = 200  # prompts edited between two reports of progress


@dataclass(frozen=True)
class EditedPrompts:
    """What an edit of `rows` prompts would do; the prompts themselves stay as they are.

    `touched` prompts would change; `emptied` ones would have nothing left, and are left as they are. The first `answered`
    of those touched were answered as they are and as edited: `changed` get another answer. For `known` of these the data has
    the right answer, and `right` are those that the model gets right before and after. `shown` are all that were
    answered, with the answers before and after, those first that change.
    """

    rows: int
    touched: int
    emptied: int
    answered: int
    changed: int
    known: int
    right: tuple[int, int]
    shown: tuple[tuple[Written, Written], ...]


def edit_prompts(context: Context, change: Callable[[str], Edit], step: str) -> EditedPrompts:
    """`change` applied to each chosen prompt, of which the first few are answered again.

    `change` raises Unfound or Unchanged where it finds nothing to do, Emptied where nothing would be left. `step` is
    how the edit is written.
    """
    column = context.workspace.dataset.table["text"]
    touched: list[tuple[Subject, Subject]] = []
    count = emptied = 0
    for place, position in enumerate(context.positions):
        if place % TOLD == 0:
            context.report("edits", 0.1 * place / len(context.positions))
        try:
            made = change(column[int(position)].as_py())
        except (Unfound, Unchanged):
            continue
        except Emptied:
            emptied += 1
            continue
        count += 1
        if count <= MOST:
            subject = context.subject(position)
            touched.append((subject, subject.edited(Edited(made.after, step))))
    shown = []
    for place, (before, after) in enumerate(touched):
        context.report("edits", 0.1 + 0.9 * place / len(touched))
        shown.append((own(context, before), own(context, after)))
    known = [
        (wanted, pair) for pair in shown if (wanted := context.target(pair[0].subject)) is not None
    ]  # the edited prompt should get the answer that the prompt itself should get
    return EditedPrompts(
        rows=len(context.positions),
        touched=count,
        emptied=emptied,
        answered=len(shown),
        changed=sum(before.text != after.text for before, after in shown),
        known=len(known),
        right=tuple(sum(alike(pair[side].text, wanted) for wanted, pair in known) for side in (0, 1)),
        shown=tuple(sorted(shown, key=lambda pair: pair[0].text == pair[1].text)),
    )
