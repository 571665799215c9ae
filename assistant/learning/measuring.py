"""How well questions are understood: held-out families asked about held-out worlds, and what the parser makes of them."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from langchain_core.language_models.chat_models import BaseChatModel

from explainers.errors import AskWhyError

from assistant.choosing import INSTEAD
from assistant.learning.filling import fill
from assistant.learning.questions import Example, held_out
from assistant.parsing.doubt import CLOSEST, Doubt, Judged, calibration_error, fit
from assistant.parsing.parser import Parse, Parser, same
from assistant.programs.conditions import Previous, leaves, normal
from assistant.programs.program import Program, Registry
from assistant.programs.reader import Language

SEED = 7
FOLLOWING = ("repeat", "more", "undo", "redo", "reset", "edits", "clear")  # operations on what was said before


@dataclass(frozen=True)
class Answer:
    """What a parser made of a question whose program, `meant`, is known; `got` is None for what is no program.

    `operation` is that of a program of one step, else "composed"; a question in `context` is about what was said before.
    `second` is how likely the second reading is beside the first (0: there is none). `below` are other readings that are offered
    below the answer, and `below_right` says whether one of them is right.
    """

    question: str
    language: str
    operation: str
    context: bool
    meant: str
    got: str | None
    exact: bool = False
    operations: bool = False
    selection: bool = False
    declined: bool = False
    likelihood: float = 0.0
    confidence: float = 0.0
    second: float = 0.0
    second_right: bool = False
    below: int = 0
    below_right: bool = False
    seconds: float = 0.0

    @property
    def form(self) -> str:
        return "composed" if self.operation == "composed" else "single"


def judge(example: Example, language: Language, read: Callable[[str, str], Parse], also: Sequence[str] = ()) -> Answer:
    """What `read` makes of an example's question and of what was asked before; the programs in `also` are as right as its own."""
    meant = language.read(example.program)
    name = meant.steps[0].name if len(meant.steps) == 1 else "composed"
    said = (example.question, example.language, name, in_context(meant), example.program)
    try:
        parse = read(example.question, example.before)
    except AskWhyError:
        return Answer(*said, None)
    right = next((other for other in map(language.read, also) if same(parse.program, other)), meant)
    chosen = normal(parse.program.where) == normal(right.where)  # "a and b" is "b and a"
    return Answer(
        *said,
        got=parse.program.to_text(example.schema),
        exact=chosen and parse.program.steps == right.steps,
        operations=_names(parse.program) == _names(right),
        selection=chosen,
        declined=_names(parse.program) == ["decline"],
        likelihood=parse.likelihood,
        confidence=parse.confidence,
        second=parse.closeness if parse.second is not None else 0.0,
        second_right=parse.second is not None and same(parse.second, right),
        below=len(parse.others[:INSTEAD]),
        below_right=any(same(one, other) for one in parse.others[:INSTEAD] for other in (meant, *map(language.read, also))),
        seconds=parse.seconds,
    )


def in_context(program: Program) -> bool:
    """Whether a program is about what was said before: rows chosen then, the text in question, the last answer."""
    if any(step.name in FOLLOWING for step in program.steps):
        return True
    if program.where is None:
        return any(step.scope == "texts" for step in program.steps)
    return any(isinstance(leaf, Previous) for leaf in leaves(program.where))


def _names(program: Program) -> list[str]:
    return [step.name for step in program.steps]


def questions(half: str, *, most: int = 0, seed: int = SEED) -> list[Example]:
    """The held-out questions of a half, each asked once; `most` limits them, drawn with the seed (0: all)."""
    examples = list(fill(*held_out(half), rounds=1, seed=seed, noise=True))
    return random.Random(seed).sample(examples, most) if most and most < len(examples) else examples


def ask(
    chat: BaseChatModel,
    registry: Registry,
    doubt: Doubt,
    examples: Sequence[Example],
    wrong: Callable[[Answer], None] | None = None,
) -> Iterator[Answer]:
    """What the parser makes of examples, one by one; `wrong` is called with each miss."""
    parsers: dict[str, Parser] = {}
    for example in examples:
        key = example.schema.model_dump_json()
        if key not in parsers:
            parsers[key] = Parser(registry, example.schema, chat, doubt)
        answer = judge(example, parsers[key].language, parsers[key].parse)
        if wrong and not answer.exact:
            wrong(answer)
        yield answer


def calibrate(chat: BaseChatModel, registry: Registry, *, most: int = 0) -> Doubt:
    """The doubt fitted on the validation half."""
    answers = ask(chat, registry, Doubt(close=CLOSEST), questions("validation", most=most))
    return fit([Judged(one.likelihood, one.exact, one.second, one.second_right) for one in answers])


@dataclass(frozen=True)
class ParserScores:
    """Shares in [0, 1]: the exact program, the right operations, the right selection; `invalid` programs.

    The mappings give the number of questions and the share of exact programs: by the question's language ("en", "ko"),
    by form ("single" or "composed" of several steps), by whether it is about what was said before ("with" or "without"
    context), and by operation, for programs of one step. `decline_recall` is the share of questions to decline that are, and
    `false_declines` that of the others. `asked` is the share answered by offering two readings, `mended` the share where the
    first is wrong and the second right, among those asked, and `needless` where the first is right. `calibration_error` is
    the expected one, and `seconds` the median of a question.
    """

    questions: int
    exact: float
    operations: float
    selection: float
    invalid: int
    seconds: float
    by_language: Mapping[str, tuple[int, float]]
    by_form: Mapping[str, tuple[int, float]]
    by_operation: Mapping[str, tuple[int, float]]
    by_context: Mapping[str, tuple[int, float]]
    decline_recall: float | None
    false_declines: float | None
    calibration_error: float
    asked: float
    mended: float
    needless: float


def scores(answers: Sequence[Answer], close: float) -> ParserScores:
    """The figures of answers, where second readings from `close` on are offered."""
    read = [one for one in answers if one.got is not None]
    seconds = sorted(one.seconds for one in read)
    decline = [one for one in answers if one.operation == "decline"]
    other = [one for one in answers if one.operation != "decline"]
    asked = [one for one in read if one.second >= close]
    return ParserScores(
        questions=len(answers),
        exact=_share(answers, lambda one: one.exact) or 0.0,
        operations=_share(answers, lambda one: one.operations) or 0.0,
        selection=_share(answers, lambda one: one.selection) or 0.0,
        invalid=len(answers) - len(read),
        seconds=seconds[len(seconds) // 2] if seconds else 0.0,
        by_language=_by(answers, lambda one: one.language),
        by_form=_by(answers, lambda one: one.form),
        by_operation=_by(answers, lambda one: one.operation),
        by_context=_by(answers, lambda one: "with" if one.context else "without"),
        decline_recall=_share(decline, lambda one: one.declined),
        false_declines=_share(other, lambda one: one.declined),
        calibration_error=calibration_error([one.confidence for one in read], [one.exact for one in read]),
        asked=len(asked) / max(len(answers), 1),
        mended=sum(one.second_right and not one.exact for one in asked) / max(len(asked), 1),
        needless=sum(one.exact for one in asked) / max(len(asked), 1),
    )


def _share(answers: Sequence[Answer], holds: Callable[[Answer], bool]) -> float | None:
    return sum(map(holds, answers)) / len(answers) if answers else None


def _by(answers: Sequence[Answer], group: Callable[[Answer], str]) -> dict[str, tuple[int, float]]:
    seen = Counter(map(group, answers))
    right = Counter(group(one) for one in answers if one.exact)
    return {name: (count, right[name] / count) for name, count in sorted(seen.items())}


def measure_parser(
    chat: BaseChatModel,
    registry: Registry,
    *,
    doubt: Doubt | None = None,
    most: int = 0,
    wrong: Callable[[Answer], None] | None = None,
) -> ParserScores:
    """Score a parser on the test half of the families and worlds that training never saw; `most` limits the questions."""
    doubt = doubt or Doubt()
    return scores(list(ask(chat, registry, doubt, questions("test", most=most), wrong)), doubt.close)


def write_parser_record(folder: Path, plan: Any, counts: Mapping[str, int], found: ParserScores | None, note: str = "") -> None:
    """What was trained (`plan` is the `training.ParserPlan`) and measured, beside the adapter: `training.json`; `note` is what
    the plan does not say."""
    record = {"plan": asdict(plan), "counts": dict(counts), "note": note, "scores": asdict(found) if found else None}
    (folder / "training.json").write_text(json.dumps(record, indent=2) + "\n", "utf-8")
