"""Answers of every operation about both demos, to be checked: each with its facts, in both languages and at both levels.

Each is kept in the cache folder as soon as it is there, under a hash of the templates, so that a run that was stopped goes on
and a second one computes nothing.
"""

from __future__ import annotations

import hashlib
import json
import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from explainers.assets import cache_folder

from assistant.conversation import Conversation
from assistant.dialogue import Assistant
from assistant.operations import OPERATIONS
from assistant.parsing.parser import Parser
from assistant.saying import answers
from assistant.settings import settings_path
from assistant.showing.terminal import Progress
from assistant.workspace import Workspace

DEMOS = ("sms", "movies")
MANNERS = [(language, level) for language in ("en", "ko") for level in ("plain", "expert")]
SEED = 13
SLOW = (
    "counterfactual",
    "against=",
    "adversarial",
    "trust",
    "robustness",
    "sensitivity",
    "influence",
    "learn",
    "augment",
)  # last
CHEAP, DEAR = 10, 2  # rows that an operation on one text is asked about

OFTEN = (  # about CHEAP rows each; {id} and {id2} are rows, {label} and {label2} classes, {word} a word of the text
    "where id = {id} | predict",
    "where id = {id} | likelihood class={label}",
    "where id = {id} | attribute",
    "where id = {id} | attribute class={label} top=3",
    "where id = {id} | rationalize",
    "where id = {id} | edit kind=remove old={word}",
    "where id = {id} | compare with=row:{id2}",
)
SELDOM = (  # about DEAR rows each
    "where id = {id} | show",
    "where id = {id} | attribute method=occlusion",
    "where id = {id} | attribute class={label} against={label2}",
    "where id = {id} | trust",
    "where id = {id} | counterfactual",
    "where id = {id} | counterfactual n=3",
    "where id = {id} | adversarial",
    "where id = {id} | augment n=3",
    "where id = {id} | interactions top=3",
    "where id = {id} | attention",
    "where id = {id} | similar n=5",
    "where id = {id} | influence n=3",
    "where id = {id} | compare with=method:occlusion",
    "where id = {id} | compare with=class:{label}",
    'where id = {id} | edit kind=append new="see you tomorrow" ; undo ; redo ; reset',
    'where id = {id} | edit kind=append new="free prize" ; edits',
    "where id in ({id}, {id2}) | predict",
    "where id in ({id}, {id2}) | likelihood class={label}",
    "where id in ({id}, {id2}) | important",
    "where id = {id} | attribute ; detail level=expert",
    "important word={word}",
    "where id = {id} | relabel to={label}",
)
ONCE = (
    "count", "where label = {label} | count", "where correct = false and words > 10 | count",
    "where prediction = {label2} | count",
    "show n=5", "where label = {label} | show n=3", "statistics", "statistics of=characters", "statistics of=label",
    "statistics of=confidence", "where label = {label} | statistics of=words", "keywords", 
    "where label = {label} | keywords order=distinctive", "score", "score metric=f1 average=macro",
    "score metric=recall class={label}",
    "score metric=precision class={label2}", "score metric=roc_auc", "score by=words", "where words > 20 | score",
    "where label = {label} | score", "mistakes kind=count", "mistakes kind=sample n=3", "mistakes kind=typical",
    "where label = {label} | mistakes kind=count", "confusion", "where words < 10 | confusion", "calibration",
    "where label = {label} | predict", "where label = {label} and words < 5 | important top=5", "data", "model", "labels", "help",
    "clear", "where label = {label} | robustness kind=typo", "where label = {label} | sensitivity to=names",
    "where label = {label} and words < 6 | compare with=class:{label2} by=words", 'define term="recall"', 'define term="banana"',
    'ask question="Are attention weights explanations?"', 'ask question="Who sells bananas?"', "decline reason=out_of_scope",
    "decline reason=small_talk", "decline reason=unsupported", "clarify missing=row", "clarify missing=words", "count ; report",
    "where id = {id} | learn", "where id = {id} | unlearn", "generate", "salience target={word}", "count ; detail level=plain",
    "edit kind=remove part=number", "where text contains {word} | count",
)  # fmt: skip


@dataclass(frozen=True)
class Said:
    """One answer. `facts` are its result's, `reply` is as `Reply.to_json` gives it; `noun` is what a row is called in English."""

    demo: str
    command: str
    language: str
    level: str
    noun: tuple[str, str]
    operation: str
    facts: dict[str, Any]
    reply: dict[str, Any]
    seconds: float


def commands(demo: str, workspace: Workspace) -> list[str]:
    """What is asked about a demo: chains of commands, joined by " ; "."""
    generator = random.Random(SEED)
    data = Path(__file__).parent / "data"
    by_hand = [
        one
        for name in ("drafts.toml", "drafts_development.toml", "drafts_kept.toml")
        for one in tomllib.loads((data / name).read_text("utf-8"))["drafts"]
    ]
    dataset, labels = workspace.dataset, list(workspace.classifier.labels)
    known = dataset.table["label"].to_pylist()
    rows = {label: [row for row, name in enumerate(known) if name == label] for label in labels}  # each class as often
    made = [one["command"] for one in by_hand if one["demo"] == demo]
    for templates, times in ((OFTEN, CHEAP), (SELDOM, DEAR), (ONCE, 1)):
        for template in templates:
            for _ in range(times):
                label, label2 = generator.sample(labels, 2)
                first, second = generator.choice(rows[generator.choice(labels)]), generator.choice(rows[label2])
                words = [word for word in dataset.texts[first].split() if word.isascii() and word.isalpha()] or ["the"]
                ids = dataset.table["id"]
                said = {"id": ids[first].as_py(), "id2": ids[second].as_py(), "label": label, "label2": label2}
                made.append(template.format(**said, word=f'"{generator.choice(words)}"'))
    return sorted(made, key=lambda command: any(slow in command for slow in SLOW))


def corpus(demos: tuple[str, ...] = DEMOS, *, kept_only: bool = False) -> Iterator[Said]:
    """Every answer, those that are kept first; the rest is asked, and kept."""
    for demo in demos:
        path = cache_folder("benchmarks") / f"answers-{demo}-{_stamp()}.jsonl"
        kept = [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []
        yield from (_said(one) for one in kept if "failed" not in one)
        if kept_only:
            continue
        done = {one["command"] for one in kept}
        workspace = Workspace.load(settings_path(demo), Progress())
        asked = [command for command in dict.fromkeys(commands(demo, workspace)) if command not in done]
        if not asked:
            continue
        assistant = Assistant(workspace, Parser(OPERATIONS, workspace.schema, None))
        with path.open("a", encoding="utf-8") as kept_in:
            for place, command in enumerate(asked):
                print(f"\r{demo}: {place + 1} of {len(asked)}: {command[:70]:70}", end="", flush=True)
                for one in _ask(assistant, demo, command):
                    print(json.dumps(one, ensure_ascii=False, default=str), file=kept_in, flush=True)
                    if "failed" not in one:
                        yield _said(one)
        print()


def _ask(assistant: Assistant, demo: str, chain: str) -> Iterator[dict[str, Any]]:
    conversation, noun = Conversation(), assistant.workspace.settings.data.noun
    for command in chain.split(" ; "):
        turn = assistant.ask(f"/{command}", conversation)
        conversation = turn.conversation
    for result in turn.results if not turn.failed else ():
        facts = json.loads(json.dumps(result.to_json(), default=str))
        for language, level in MANNERS:
            reply = answers.answer(result, noun, language, level=level).to_json()
            for block in reply["blocks"]:
                block.pop("files", None)
            yield {
                "demo": demo, "command": chain, "language": language, "level": level, "noun": list(noun),
                "operation": result.operation, "facts": facts, "reply": reply, "seconds": turn.seconds["run"],
            }  # fmt: skip
    if turn.failed:
        yield {"demo": demo, "command": chain, "failed": turn.reply.text}


def _said(one: dict[str, Any]) -> Said:
    return Said(**one | {"noun": tuple(one["noun"])})


def _stamp() -> str:
    """A hash of the answer templates: what is kept holds as long as they stay."""
    hashed = hashlib.sha256()
    for path in sorted(Path(str(files("prompts") / "answers")).rglob("*")):
        if path.is_file():
            hashed.update(path.name.encode() + path.read_bytes())
    return hashed.hexdigest()[:16]
