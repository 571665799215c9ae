"""The focus: the text that is being talked about, what the model says of it and why, its edits, and the selection."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import numpy as np

from explainers.explanation import Explanation

from assistant.context import Context
from assistant.conversation import Conversation, Subject
from assistant.operations.calibration import Calibration, CalibrationResult
from assistant.operations.edit import before_edits
from assistant.reply import Bars
from assistant.results import Prediction
from assistant.saying import answers
from assistant.showing import drawing
from assistant.showing.drawing import escaped
from assistant.showing.texts import interface, language, percent
from assistant.web import chips, words
from assistant.web.markup import ask_button, attribute, filled, noun, part
from assistant.web.seen import Seen
from assistant.workspace import Workspace

BARS = 8  # classes shown, the likeliest first
MENU = ("remove", "rows", "classes", "overall", "together")
CHAIN = 12  # edits whose answers are shown, the newest

_calibrations: WeakKeyDictionary[Workspace, CalibrationResult] = WeakKeyDictionary()


def drawn(workspace: Workspace, conversation: Conversation, seen: Seen) -> str:
    """The pane of one visitor."""
    said = interface()["focus"]
    workspace = conversation.adapted or workspace
    selected, focus = chips.drawn(conversation.selection, workspace.schema), conversation.focus
    if focus is None:
        selection = part(said["selection"], selected, level=2)
        return f'<div class="aw-side"><p class="aw-quiet">{escaped(said["empty"])}</p>{selection}</div>'
    context = Context(workspace, conversation, None, (focus,), None, lambda stage, share: None)
    seen = seen.of(focus.text, workspace.classifier.fingerprint)
    chain = [focus.taken_back(back) for back in range(min(len(focus.edits), CHAIN - 1), -1, -1)]
    first, *answers = context.predict([before_edits(focus), *chain])
    prediction = answers[-1]
    parts = [
        _title(workspace, focus, prediction),
        _text(focus, seen.explanation),
        _probabilities(prediction, first if focus.edits else None),
        _edits(focus, first, answers[-len(focus.edits) :] if focus.edits else []),
        _trust(workspace, prediction, seen),
        part(said["selection"], selected),
    ]
    return f'<div class="aw-side">{"".join(parts)}</div>'


def _title(workspace: Workspace, focus: Subject, prediction: Prediction) -> str:
    said = interface()["focus"]
    name = said["typed"] if focus.typed else f"{noun(workspace)[0]} {focus.row}"
    marks = [filled(said["predicted"], label=prediction.said, share=percent(prediction.confidence))]
    if focus.label is not None:
        marks.append(filled(said["labelled"], label=focus.label))
    if prediction.correct is not None:
        marks.append(("✓ " if prediction.correct else "✗ ") + said["right" if prediction.correct else "wrong"])
    if focus.edits:
        marks.append(filled(said["edited"], count=len(focus.edits)))
    if prediction.truncated:
        marks.append(said["truncated"])
    tags = "".join(f'<span class="aw-tag">{escaped(mark)}</span>' for mark in marks)
    return f'<h2 class="aw-focus-name">{escaped(name)}</h2><div class="aw-tags">{tags}</div>'


def _text(focus: Subject, explanation: Explanation | None) -> str:
    said = interface()["focus"]
    items = "".join(
        f'<button type="button" role="menuitem" data-label="{attribute(said["menu"][name])}" '
        f'data-template="{attribute(said["command"][name])}" data-ask=""></button>'
        for name in MENU
    )
    menu = (
        f'<div class="aw-menu" role="menu" aria-label="{attribute(said["about_word"])}" hidden>'
        f'<p class="aw-menu-about" role="presentation"></p>{items}</div>'
    )
    group = f'<div class="aw-text aw-words" role="group" aria-label="{attribute(said["text"])}">'
    return f'<div class="aw-home">{group}{words.drawn(focus.text, explanation)}</div>{menu}</div>{_legend(explanation)}'


def _legend(explanation: Explanation | None) -> str:
    interface_words = interface()
    said = interface_words["focus"]
    if explanation is None:
        hint = f'<span class="aw-quiet">{escaped(said["hint"])}</span>'
        return f'<div class="aw-actions">{ask_button(said["why"], "/attribute")}{hint}</div>'
    method = filled(said["method"], method=answers.method_called(explanation.method, language()), target=explanation.target)
    if not explanation.signed:
        return f'<div class="aw-legend">{escaped(method)}</div>'
    target = escaped(explanation.target)
    return (
        f'<div class="aw-legend"><span class="aw-word aw-pos" style="--aw:0.6">+</span> {interface_words["positive"]} {target} '
        f'<span class="aw-word aw-neg" style="--aw:0.6">−</span> {interface_words["negative"]} {target} · {escaped(method)}</div>'
    )


def _probabilities(prediction: Prediction, before: Prediction | None) -> str:
    ordered = sorted(prediction.probabilities, key=lambda label: -prediction.probabilities[label])[:BARS]
    earlier = () if before is None else tuple(before.probabilities[label] for label in ordered)
    bars = Bars("", tuple((label, prediction.probabilities[label]) for label in ordered), earlier)
    return part(interface()["focus"]["probabilities"], drawing.bars(bars))


def _edits(focus: Subject, first: Prediction, answers: list[Prediction]) -> str:
    """The chain of edits with the answer after each, and how to go along it."""
    said = interface()["focus"]
    buttons = []
    if focus.edits:
        buttons += [ask_button(said["undo"], "/undo"), ask_button(said["reset"], "/reset")]
        buttons.append(ask_button(said["original"], "/compare"))
    if focus.undone:
        buttons.append(ask_button(said["redo"], "/redo"))
    if not buttons:
        return ""
    steps = [f"<li>{escaped(said['unedited'])} {_answer(first)}</li>"]
    left_out = len(focus.edits) - len(answers)
    if left_out:
        steps.append(f"<li>{escaped(filled(said['earlier'], count=left_out))}</li>")
    for edit, answer in zip(focus.edits[left_out:], answers, strict=True):
        steps.append(f"<li><code>{escaped(edit.step)}</code> {_answer(answer)}</li>")
    listed = f'<ol class="aw-chain">{"".join(steps)}</ol>' if focus.edits else ""
    return part(said["edits"], f'{listed}<div class="aw-actions">{"".join(buttons)}</div>')


def _answer(prediction: Prediction) -> str:
    return f'<span class="aw-then">→ {escaped(prediction.said)} {percent(prediction.confidence)}</span>'


def _trust(workspace: Workspace, prediction: Prediction, seen: Seen) -> str:
    """How often the model is right when it is as sure as here, and what was found of the explanation."""
    said = interface()["focus"]
    lines = [_reliability(workspace, prediction)]
    explanation, judgement = seen.explanation, seen.judgement
    if judgement is not None:
        reasons = (
            sum(reason.good is True for reason in judgement.reasons),
            sum(reason.good is False for reason in judgement.reasons),
        )
        lines.append(filled(said["level"][judgement.level], good=reasons[0], bad=reasons[1]))
    elif explanation is not None:
        if explanation.fit is not None:
            lines.append(filled(said["fit"], share=percent(max(explanation.fit, 0.0))))
        elif explanation.gap is not None:
            lines.append(
                filled(
                    said["gap" if explanation.converged is not False else "unsettled"], share=percent(max(explanation.gap, 0.001))
                )
            )
        lines.append(said["untested"])
    body = "".join(f"<p>{escaped(line)}</p>" for line in lines if line)
    if explanation is not None and judgement is None:
        body += f'<div class="aw-actions">{ask_button(said["test"], "/trust")}</div>'
    return part(said["trust"], body)


def _reliability(workspace: Workspace, prediction: Prediction) -> str:
    """The share of right answers among labelled rows with a like confidence, if the predictions are at hand."""
    if not workspace.dataset.labels or not workspace.predicted or workspace.classifier.multi_label:
        return ""
    found = calibrated(workspace)
    near = next((one for one in found.bins if one.low < prediction.confidence <= one.high), None)
    if near is None:
        return ""
    kind = interface()["focus"]["calibrated_held_out" if found.held_out else "calibrated"]
    return filled(
        kind,
        share=percent(near.accuracy),
        low=percent(near.low),
        high=percent(near.high),
        rows=f"{near.rows:,}",
        nouns=noun(workspace)[1],
    )


def calibrated(workspace: Workspace) -> CalibrationResult:
    """The calibration over the rows that training never saw; kept as long as the workspace, since each turn asks for it."""
    if workspace not in _calibrations:
        context = Context(workspace, Conversation(), np.arange(len(workspace.dataset)), (), None, lambda stage, share: None)
        _calibrations[workspace] = Calibration().run(context)
    return _calibrations[workspace]
