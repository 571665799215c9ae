"""How well answers are grounded, and how well the check finds what is not: counted over the answers of `answers_corpus`."""

from __future__ import annotations

import random
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.grounding import Facts, Reference, faults, ungrounded
from assistant.saying.wording import wording
from benchmarks.answers_corpus import SEED, Said
from benchmarks.answers_drafts import KINDS, Told, corrupted, paraphrased

DRAFTS = Path(__file__).parent / "data" / "drafts.toml"
DEVELOPMENT = DRAFTS.with_name("drafts_development.toml")  # drafts that the check was mended with
KEPT = DRAFTS.with_name("drafts_kept.toml")  # drafts that it never was
PLANTED = 500
CORRECT = 500  # answers that are checked as they are, and reworded
SHOWN = 12  # examples of what was missed or wrongly called a fault, for the results
FALLBACK = ("banana", "window", "never")  # words to plant where a text has no explanation


@dataclass(frozen=True)
class Case:
    """An answer with what it is checked against."""

    said: Said
    reference: Reference

    @property
    def text(self) -> str:
        return self.said.reply["text"]

    @property
    def told(self) -> Told:
        facts, said = self.reference.facts, self.said
        words = tuple(word for word in sorted(facts.signs) if word.isalpha()) or FALLBACK
        return Told(said.operation, said.language, facts.classes, self.reference.nouns, words)


def cases(corpus: Iterable[Said]) -> list[Case]:
    """The answers, each with the same answer at the other level to draw on."""
    corpus, made = list(corpus), []
    classes = {demo: _classes(one for one in corpus if one.demo == demo) for demo in {one.demo for one in corpus}}
    levels: dict[tuple, dict[str, str]] = defaultdict(dict)
    for one in corpus:
        levels[one.demo, one.command, one.language, one.operation][one.level] = one.reply["text"]
    for one in corpus:
        texts = levels[one.demo, one.command, one.language, one.operation]
        more = tuple(text for level, text in texts.items() if level != one.level)
        nouns = tuple(dict.fromkeys(wording(one.language).noun(one.noun)))
        made.append(Case(one, Reference(one.reply["text"], Facts(one.facts, classes[one.demo]), one.language, nouns, more)))
    return made


def _classes(corpus: Iterable[Said]) -> tuple[str, ...]:
    for one in corpus:
        for prediction in (one.facts.get("predictions") or [])[:1]:
            return tuple(prediction["probabilities"])
    return ()


def grounded(known: list[Case]) -> dict[str, Any]:
    """What answers say that their results do not hold."""
    found, kinds, examples = 0, Counter(), []
    for case in known:
        told = ungrounded(case.text, case.reference.facts, case.said.language, case.reference.nouns)
        found += bool(told)
        kinds.update(fault.kind for fault in told)
        if told and len(examples) < SHOWN:
            examples.append({"command": case.said.command, "language": case.said.language, "fault": told[0].text})
    counted = {name: dict(Counter(getattr(case.said, name) for case in known)) for name in ("demo", "language", "level")}
    mentions = Counter()
    for case in known:
        for sentence in case.reference.own:
            mentions += Counter({
                "numbers": len(sentence.figures), "quotations": len(sentence.quotes), "classes": len(sentence.labels),
                "row ids": len(sentence.ids),
            })  # fmt: skip
    return {
        "answers": len(known), "operations": len({case.said.operation for case in known}), "by": counted,
        "mentions": dict(mentions), "answers_with_faults": found, "faults": dict(kinds), "examples": examples,
    }  # fmt: skip


def planted(known: list[Case], count: int = PLANTED) -> dict[str, Any]:
    """Of drafts with one planted error, how many are caught; of correct ones, how many are called wrong."""
    generator = random.Random(SEED)
    long_enough = [case for case in known if len(case.reference.own) > 0]
    tried, caught, missed = Counter(), Counter(), []
    for number in range(200 * count):
        if sum(tried.values()) == count:
            break
        kind, reworded = KINDS[number % len(KINDS)], number // len(KINDS) % 2
        case = generator.choice(long_enough)
        draft = paraphrased(case.text, case.said.language, generator) if reworded else case.text
        wrong = corrupted(draft, kind, case.told, generator)
        if wrong is None or wrong == draft or (reworded and draft == case.text):
            continue
        name = f"{kind}, {'other words' if reworded else 'as the template says it'}"
        tried[name] += 1
        if faults(wrong, case.reference):
            caught[name] += 1
        elif len(missed) < SHOWN:
            missed.append({"kind": kind, "command": case.said.command, "right": case.text, "wrong": wrong})
    return {
        "drafts": sum(tried.values()), "caught": sum(caught.values()), "kinds": list(KINDS),
        "by": {name: {"drafts": tried[name], "caught": caught[name]} for name in sorted(tried)}, "missed": missed,
        "correct": _alarms(known),
    }  # fmt: skip


def _alarms(known: list[Case]) -> dict[str, Any]:
    """False alarms on correct drafts, by where they are from."""
    generator, found = random.Random(SEED), {}
    some = generator.sample(known, min(CORRECT, len(known)))
    sources = {
        "as the template says it": ((case, case.text) for case in some),
        "reworded by rules": (
            (case, draft)
            for case in some
            if (draft := paraphrased(case.text, case.said.language, generator)) != case.text
        ),
        "reworded by hand, while the rules were written": _by_hand(known, by_hand()),
        "reworded by hand, to mend the check with": _by_hand(known, by_hand(DEVELOPMENT)),
        "reworded by hand, and kept aside": _by_hand(known, by_hand(KEPT)),
    }  # fmt: skip
    for name, drafts in sources.items():
        count, wrong, examples = 0, 0, []
        for case, draft in drafts:
            told = faults(draft, case.reference)
            count += 1
            wrong += bool(told)
            if told and len(examples) < SHOWN:
                examples.append({"draft": draft, "fault": f"{told[0].kind}: {told[0].text}", "command": case.said.command})
        found[name] = {"drafts": count, "alarms": wrong, "examples": examples}
    return found


def _by_hand(known: list[Case], drafts: list[dict[str, Any]]) -> Iterator[tuple[Case, str]]:
    answers = {(case.said.demo, case.said.command, case.said.language, case.said.level): case for case in known}
    for one in drafts:
        for language in ("en", "ko"):
            case = answers.get((one["demo"], one["command"], language, one.get("level", "plain")))
            if case is not None and language in one:
                yield case, one[language]


def by_hand(path: Path = DRAFTS) -> list[dict[str, Any]]:
    """The drafts that were written by hand, with the command that each is about."""
    return tomllib.loads(path.read_text("utf-8"))["drafts"]
