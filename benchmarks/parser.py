"""The parser beside simpler ones, on questions that training never saw: `make bench-parser`.

Asks the held-out questions of the test half, the written dialogues and the fresh questions, and writes docs/parser.md from what
is kept in benchmarks/results/parser.json. Every answer is put down at once in build/parser, so that a run that was stopped goes
on where it was; another adapter, or other questions, are asked anew.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from assistant.assemble import doubt_of, fetch, vectors_of
from assistant.learning.measuring import Answer, judge, questions, scores
from assistant.learning.questions import Example
from assistant.operations import OPERATIONS
from assistant.parsing.doubt import Doubt
from assistant.parsing.few_shot import FewShotChat
from assistant.parsing.language_model import LocalChat
from assistant.parsing.parser import Parse, Parser
from assistant.programs.described import describe
from assistant.programs.reader import Language
from assistant.programs.schema import Schema
from assistant.resolver import Resolver
from assistant.settings import load_settings, settings_path
from benchmarks import parser_floor, parser_latency, parser_offered, parser_page
from benchmarks.engine_rows import processor
from benchmarks.parser_dialogues import FOLDER, FRESH, FRESH_DIALOGUES, Dialogue, dialogues

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "benchmarks" / "results" / "parser.json"
PAGE = ROOT / "docs" / "parser.md"
KEPT = ROOT / "build" / "parser"
Read = Callable[..., Parse]  # a question, its `Language`, and the program that was asked before it, if any
Asked = Sequence[tuple[Example, tuple[str, ...]]]  # examples, each with other programs that are right


class Contestant:
    """A parser that is measured: `make` loads it, only when a question is not answered yet; `sign` tells its versions apart."""

    def __init__(self, name: str, make: Callable[[], Read], sign: str) -> None:
        self.name = name
        self.sign = sign
        self._make = lru_cache(maxsize=1)(make)

    def read(self) -> Read:
        """The parser itself, loaded now."""
        return self._make()

    def answers(self, asked: Asked, folder: Path) -> Iterator[Answer]:
        """An answer for each example, kept in `folder` from run to run."""
        path = folder / f"{self.name}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        known = {entry["key"]: entry["answer"] for entry in map(_entry, lines) if entry}
        with path.open("a", encoding="utf-8") as file:
            for example, also in asked:
                key = _hash(self.sign, example.question, example.before, example.program, *also, example.schema.model_dump_json())
                if key not in known:
                    known[key] = asdict(judge(example, language_of(example), self._asked_about(example), also))
                    file.write(json.dumps({"key": key, "answer": known[key]}, ensure_ascii=False) + "\n")
                    file.flush()
                yield Answer(**known[key])

    def _asked_about(self, example: Example) -> Callable[[str, str], Parse]:
        return lambda question, before: self._make()(question, language_of(example), before)


def _entry(line: str) -> dict[str, Any] | None:
    """A kept answer; None for a line that a stopped run left unfinished, or that is of another version."""
    try:
        entry = json.loads(line)
        Answer(**entry["answer"])
    except (ValueError, TypeError, KeyError):
        return None
    return entry


def contestants(settings: str) -> dict[str, Contestant]:
    """Those that can be measured, by name."""
    path = settings_path(settings)
    given = load_settings(path)
    fetch(given, path)
    resolver = Resolver(path)
    model = given.language_model
    adapter = None if model.adapter is None else resolver.folder / model.adapter
    doubt = doubt_of(given, resolver)

    def trained(quick: bool = True) -> _ByChat:
        options = {"adapter": adapter, "device": given.device, "quick": quick, "vectors": vectors_of(resolver)}
        return _ByChat(LocalChat.load(resolver.path(model.path), **options), doubt)

    def untuned() -> Read:
        chat = LocalChat.load(resolver.path(model.path), device=given.device)
        return _ByChat(FewShotChat(chat=chat, examples=model.examples), Doubt(close=1.0))

    weights = (adapter / "adapter_model.safetensors").read_bytes() if adapter else b""
    grammar = json.dumps(describe(OPERATIONS), default=str)
    learned = _folder_hash(ROOT / "prompts" / "parser")
    floor = Path(parser_floor.__file__).read_text("utf-8")
    code = _hash(*(path.read_text("utf-8") for path in sorted((ROOT / "assistant" / "parsing").glob("*.py"))))
    made = [
        Contestant("askwhy", trained, _hash(hashlib.sha256(weights).hexdigest(), str(doubt), grammar, code, str(model.path))),
        Contestant("plain", lambda: trained(quick=False), "only its seconds count"),
        Contestant("untuned", untuned, _hash(grammar, learned, code, str(model.path), str(model.examples))),
        Contestant("linear", lambda: parser_floor.linear().parse, _hash(grammar, learned, floor)),
        Contestant("nearest", lambda: parser_floor.nearest().parse, _hash(grammar, learned, floor)),
    ]
    return {one.name: one for one in made}


class _ByChat:
    """Reads questions by a language model; with a parser for each schema that was asked about."""

    def __init__(self, chat: Any, doubt: Doubt) -> None:
        self._parser, self._parsers = Parser(OPERATIONS, Schema(), chat, doubt), {}

    def __call__(self, question: str, language: Language, before: str = "") -> Parse:
        return self.parser(language.schema).parse(question, before)

    def parser(self, schema: Schema) -> Parser:
        key = schema.model_dump_json()
        if key not in self._parsers:
            self._parsers[key] = self._parser.for_schema(schema)
        return self._parsers[key]


_languages: dict[str, Language] = {}


def language_of(example: Example) -> Language:
    """The compact text form for an example's schema; building one takes longer than using it."""
    key = example.schema.model_dump_json()
    if key not in _languages:
        _languages[key] = Language(OPERATIONS, example.schema)
    return _languages[key]


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


def _folder_hash(*folders: Path) -> str:
    files = [path for folder in folders for path in sorted(folder.rglob("*"))]
    return _hash(*(path.read_text("utf-8") for path in files if path.suffix in (".txt", ".toml", ".json")))


def measured(
    one: Contestant,
    held_out: Asked,
    written: Mapping[str, Sequence[Dialogue]],
    fresh: Sequence[Dialogue],
    close: float,
    folder: Path,
) -> dict[str, Any]:
    """The figures of a contestant, on held-out questions, on dialogues and on fresh questions."""
    told: list[Answer] = []
    for answer in one.answers(held_out, folder):
        told.append(answer)
        if len(told) % 50 == 0:
            print(f"  {one.name}: {len(told)} of {len(held_out)}, exact {sum(a.exact for a in told) / len(told):.3f}", flush=True)
    alone = [answer for dialogue in fresh for answer in one.answers(dialogue.examples(), folder)]
    return {
        "held_out": asdict(scores(told, close)),
        "fresh": asdict(scores(alone, close)) | _newly_worded(alone),
    } | {name: _talked(one, dialogues, close, folder) for name, dialogues in written.items()}


def _talked(one: Contestant, written: Sequence[Dialogue], close: float, folder: Path) -> dict[str, Any]:
    """The figures of a contestant on the turns of dialogues."""
    turns = [(dialogue, list(one.answers(dialogue.examples(), folder))) for dialogue in written]
    said = [answer for _, answers in turns for answer in answers]
    done = [dialogue.done([answer.got for answer in answers]) for dialogue, answers in turns]
    whole = {"dialogues": len(turns), "whole": sum(map(all, done)), "done": sum(map(sum, done)) / max(len(said), 1)}
    return asdict(scores(said, close)) | whole | _newly_worded(said)


def offered(one: Contestant, held_out: Asked, written: Sequence[Sequence[Dialogue]], folder: Path) -> dict[str, dict[str, int]]:
    """How often a right reading is among those offered where one was misread: of held-out questions, and of written ones."""
    found = {}
    for name, sets in {"held_out": [held_out], "written": [each.examples() for some in written for each in some]}.items():
        told = ((asked, list(one.answers(asked, folder))) for asked in sets)
        found[name] = parser_offered.offered(lambda example: one.read().parser(example.schema), told).told()
    return found


def _newly_worded(answers: Sequence[Answer]) -> dict[str, Any]:
    """How many of the questions are no training question word for word, and the share of exact programs for these."""
    new = [answer for answer in answers if parser_page.wording(answer.question) not in parser_page.trained_wordings()]
    return {"new": len(new), "new_exact": sum(answer.exact for answer in new) / max(len(new), 1)}


def main() -> None:
    given = _options()
    # one dataset after the other, as they are asked about: only the first question about each waits until its schema is read
    drawn = sorted(questions("test", most=given.questions), key=lambda example: example.schema.model_dump_json())
    held_out = [(example, ()) for example in drawn]
    written = {"fresh_dialogues": dialogues(FRESH_DIALOGUES), "dialogues": dialogues(FOLDER)}
    if given.dialogues:
        written = {name: some[: given.dialogues] for name, some in written.items()}
    fresh = dialogues(FRESH)[: given.fresh] if given.fresh else dialogues(FRESH)
    kept = json.loads(given.results.read_text("utf-8")) if given.results.exists() else {}
    every = contestants(given.settings)
    asked = _folder_hash(ROOT / "prompts" / "parser" / "questions", FOLDER.parent)
    close = doubt_of(load_settings(settings_path(given.settings)), Resolver(settings_path(given.settings))).close
    for name in given.only:
        print(name, flush=True)
        load = round(os.getloadavg()[0], 1)
        found = measured(every[name], held_out, written, fresh, close, given.kept)
        kept[name] = found | {"run": circumstances(load) | {"asked": asked}}
        if name == "askwhy":
            kept[name]["offered"] = offered(every[name], held_out, [*written.values(), fresh], given.kept)
            kept[name]["latency"] = parser_latency.latency(every[name].read(), every["plain"].read())
        given.results.parent.mkdir(parents=True, exist_ok=True)
        given.results.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", "utf-8")
        shown = found["held_out"]
        print(f"  exact {shown['exact']:.3f}, operations {shown['operations']:.3f}, selection {shown['selection']:.3f}, "
              f"fresh {found['fresh']['exact']:.3f}, fresh dialogues {found['fresh_dialogues']['exact']:.3f}, "
              f"dialogues {found['dialogues']['exact']:.3f}", flush=True)  # fmt: skip
    parser_page.write(kept, given.page, asked)


def circumstances(load: float) -> dict[str, Any]:
    """Machine, versions, date, and the load (runnable processes) before the run."""
    return {
        "machine": f"{processor()}, {os.cpu_count()} cores",
        "versions": {package: version(package) for package in ("torch", "transformers", "llguidance")},
        "date": datetime.date.today().isoformat(),
        "load": load,
    }


def _options() -> argparse.Namespace:
    options = argparse.ArgumentParser(prog="python -m benchmarks.parser", description=__doc__.splitlines()[0])
    options.add_argument("--questions", type=int, default=0, help="so many held-out questions, drawn with a fixed seed; 0: all")
    options.add_argument("--dialogues", type=int, default=0, help="the first so many dialogues of each kind; 0: all")
    options.add_argument("--fresh", type=int, default=0, help="the first so many fresh questions; 0: all")
    options.add_argument(
        "--only", nargs="*", choices=parser_page.NAMES, default=list(parser_page.NAMES), help="or none: only the page"
    )
    options.add_argument("--settings", default="sms", help="the settings file, or demo, whose language model is measured")
    options.add_argument("--results", type=Path, default=RESULTS)
    options.add_argument("--page", type=Path, default=PAGE)
    options.add_argument("--kept", type=Path, default=KEPT, help="the folder of the answers put down so far")
    return options.parse_args()


if __name__ == "__main__":
    main()
