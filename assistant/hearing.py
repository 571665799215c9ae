"""From what a visitor says to what is to be done: a program to run, or a question back."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from assistant import choosing
from assistant.aiming import aimed, of_all_after_all
from assistant.choosing import INSTEAD, Choices, Understood, would
from assistant.conversation import Conversation
from assistant.counting import in_digits
from assistant.going_on import here
from assistant.learning.corrections import Corrections
from assistant.operation import example_values
from assistant.parsing.doubt import UNSURE
from assistant.parsing.mending import typed_after_all, whole_words
from assistant.parsing.parser import Parse, Parser, same
from assistant.parsing.recalling import recalled
from assistant.pointing import on_offer, pointed
from assistant.programs.conditions import Compare, Condition
from assistant.programs.program import Program
from assistant.programs.schema import Schema
from assistant.programs.suited import suited
from assistant.reply import Question, Reply
from assistant.saying import answers
from assistant.saying.translated import described
from assistant.saying.wording import wording
from assistant.signs import with_signs
from assistant.straying import is_stray, what_is_asked

NOTHING = Reply("")
EXAMPLES = 2  # of each family of operations, where a question was not understood


@dataclass(frozen=True)
class Heard:
    """What is to be done. Without a `program`, `reply` is the whole answer; with one, `before` and `after` stand around it.

    `question` is what the answer is about: an earlier question, where the visitor chose what that meant. `conversation` is
    what the program runs in, and `understood` what can be taken back after it. `instead` offers what else was likely.
    """

    question: str
    program: Program | None
    confidence: float
    conversation: Conversation
    seconds: float
    reply: Reply = NOTHING
    before: Reply = NOTHING
    after: Reply = NOTHING
    understood: Understood | None = None
    instead: tuple[Question, ...] = ()


@dataclass(frozen=True)
class Hearing:
    """Hears questions about one schema; `ids` are two of its rows, for examples, `finds` tells whether a row meets a condition,
    `feasible` whether a program can be run in a conversation; `korean` says whether texts of the data hold Korean."""

    parser: Parser
    schema: Schema
    noun: tuple[str, str]
    ids: tuple[int | str, ...]
    corrections: Corrections | None = None
    finds: Callable[[Condition], bool] = lambda where: True
    feasible: Callable[[Program, Conversation], Program | None] = lambda program, conversation: program
    korean: bool = True

    def hear(self, utterance: str, conversation: Conversation, language: str = "en") -> Heard:
        """What an utterance means in a conversation. Raises AskWhyError when it cannot be read."""
        started, choices = time.perf_counter(), conversation.choices
        clean = replace(conversation, choices=None, understood=None)
        if choosing.is_refusal(utterance):
            return self._refused(conversation, clean, started, language)
        program = None if choices is None else choosing.chosen(utterance, choices)
        if program is not None:
            return self._chosen(program, choices, clean, started, language)
        family = None if choices is None else choosing.topic(utterance, choices)
        if family is not None:
            return self._about(family, choices, clean, started, language)
        last = conversation.understood
        program = None if last is None or last.instead is None else choosing.in_full(utterance, last.instead)
        if program is not None:
            return self._chosen(program, last.instead, _back(last, conversation), started, language)
        asked, leant = (
            pointed(with_signs(in_digits(utterance, self.noun)), conversation, self.noun),
            on_offer(choices, conversation),
        )
        parse = self.parser.parse(asked, recalled(leant, self.schema))
        program = None if choices is None else choosing.chosen_by(parse.program, choices)
        if program is not None:
            return self._chosen(program, choices, clean, started, language)
        clean = on_offer(choices, clean)
        if not self.korean:
            parse = self._astray(parse, asked, conversation, recalled(leant, self.schema))
        if not utterance.startswith("/"):
            first, second = (one and self._aimed(asked, one, conversation) for one in (parse.program, parse.second))
            parse = replace(parse, program=first, second=second)
            parse = self._feasible(parse, asked, conversation, recalled(leant, self.schema))
        if parse.second is not None:
            offered = choosing.offer(parse.text, (parse.program, parse.second), self.noun, language=language)
            if len(offered.readings) > 1:
                return self._asked(answers.message("readings", language, readings=offered.would), offered, clean, started)
        others = [self._aimed(asked, one, conversation) for one in parse.others]
        parse = replace(parse, others=tuple(one for one in others if self.feasible(one, conversation) is not None))
        heard = self._read(parse, clean, language)
        return heard if asked == utterance else replace(heard, question=utterance)

    def _astray(self, parse: Parse, asked: str, conversation: Conversation, before: str) -> Parse:
        """The parse of the sentence that asks, or the likeliest other reading, where the visitor's Korean was read as a text."""
        text = "" if conversation.focus is None else conversation.focus.text
        if parse.confidence >= UNSURE or not is_stray(parse.program, asked, text):
            return parse
        part = what_is_asked(asked)
        again = None if part is None else self.parser.parse(part, before)
        if again is not None and not is_stray(again.program, asked, text):
            return replace(again, text=parse.text)
        found = self.parser.instead(parse, before, lambda one: not is_stray(one, asked, text))
        return replace(found, second=None)

    def _feasible(self, parse: Parse, asked: str, conversation: Conversation, before: str) -> Parse:
        """The parse with the likeliest reading that can be run here, where its own cannot; nobody is offered two of which only
        one can, or which do the same here."""
        first, second = (one and self.feasible(one, conversation) for one in (parse.program, parse.second))
        if first is not None:
            alike = second is None or same(here(first, conversation), here(second, conversation))
            return replace(parse, second=None) if alike else parse
        if second is not None:
            return replace(parse, program=parse.second, second=None)

        def possible(one: Program) -> bool:
            return self.feasible(self._aimed(asked, one, conversation), conversation) is not None

        found = self.parser.instead(parse, before, possible)
        return replace(found, program=self._aimed(asked, found.program, conversation), second=None)

    def _aimed(self, question: str, program: Program, conversation: Conversation) -> Program:
        return aimed(question, program, conversation, self.noun, self.parser.language.registry)

    def _read(self, parse: Parse, conversation: Conversation, language: str) -> Heard:
        understood, doubt, instead = None, NOTHING, ()
        if not parse.text.startswith("/"):
            program = typed_after_all(parse.text, parse.program, lambda words: self.finds(Compare("text", "contains", words)))
            program = of_all_after_all(parse.text, program, conversation, self.finds)
            if conversation.focus is not None and program.where is None:
                program = whole_words(parse.text, program, conversation.focus.text, self.parser.language.registry)
            parse = replace(parse, program=program)
            offered = choosing.offer(parse.text, (parse.program, *parse.others), self.noun, language=language)
            instead = answers.message("instead", language, readings=offered.would[1 : 1 + INSTEAD]).suggestions
            choices = replace(offered, readings=offered.readings[1 : 1 + INSTEAD], would=tuple(map(str, instead)))
            understood = Understood(parse.text, parse.program, conversation, choices)
        if parse.confidence < UNSURE:
            command = parse.program.to_text(self.schema)
            done = self.feasible(parse.program, conversation)  # what refers to earlier turns is put in: "compare" of two methods
            meant = parse.program if done is None else replace(parse.program, steps=done.steps)
            doubt = answers.message("unsure", language, understood=command, would=would(meant, self.noun, language))
        return Heard(
            parse.text, parse.program, parse.confidence, conversation, parse.seconds,
            before=doubt, understood=understood, instead=instead,
        )  # fmt: skip

    def _asked(self, reply: Reply, choices: Choices, conversation: Conversation, started: float) -> Heard:
        waiting = replace(conversation, choices=choices)
        return Heard(choices.question, None, 0.0, waiting, time.perf_counter() - started, reply)

    def _chosen(self, program: Program, choices: Choices, conversation: Conversation, started: float, language: str) -> Heard:
        """A reading that was offered; what the visitor meant is kept to learn from."""
        kept = self._kept(choices.question, program, conversation)
        return Heard(
            choices.question,
            program,
            1.0,
            conversation,
            time.perf_counter() - started,
            after=answers.message("kept", language) if kept else NOTHING,
            understood=Understood(choices.question, program, conversation),
        )

    def _refused(self, conversation: Conversation, clean: Conversation, started: float, language: str) -> Heard:
        """Back to where the misread question was asked, with what else it could mean."""
        last, choices = conversation.understood, conversation.choices
        question, refused = None, ()
        if choices is not None:
            question, refused = choices.question, (*choices.refused, *choices.readings)
        elif last is not None:
            question, refused, clean = last.question, (last.program,), _back(last, conversation)
        if question is None:
            reply = answers.message("not_meant", language, question=None, examples=self._examples(language))
            return Heard("", None, 0.0, clean, time.perf_counter() - started, reply)
        examples = self._examples(language)
        topics = tuple((family, words) for family, words in answers.topics(language).items() if family in examples)
        offered = self._other_readings(question, clean, refused, language)
        told = {"readings": offered.would, "topics": [words for _, words in topics], "examples": examples}
        reply = answers.message("not_meant", language, question=question, **told)
        return self._asked(reply, replace(offered, topics=topics), clean, started)

    def _about(self, family: str, choices: Choices, clean: Conversation, started: float, language: str) -> Heard:
        """What a misread question could mean if it is about a family of operations."""
        refused = (*choices.refused, *choices.readings)
        offered = self._other_readings(choices.question, clean, refused, language, family)
        examples = {family: self._examples(language)[family]}
        reply = answers.message("topic", language, question=choices.question, readings=offered.would, examples=examples)
        left = tuple((name, words) for name, words in choices.topics if name != family)
        return self._asked(reply, replace(offered, topics=left), clean, started)

    def _kept(self, question: str, program: Program, before: Conversation) -> bool:
        if self.corrections is None:
            return False
        return self.corrections.keep(question, self.schema, program, recalled(before, self.schema))

    def _other_readings(
        self, question: str, before: Conversation, refused: tuple[Program, ...], language: str, family: str | None = None
    ) -> Choices:
        """What else a question could mean where it was asked; of a `family` of operations, if one is given."""
        asked = recalled(before, self.schema)
        found = self.parser.readings(question, asked, most=choosing.MOST, without=refused, family=family)
        aims = [self._aimed(question, one, before) for one in found]
        readings = [one if any(same(aim, other) for other in refused) else aim for one, aim in zip(found, aims, strict=True)]
        return choosing.offer(question, readings, self.noun, refused, language)

    def _examples(self, language: str) -> dict[str, list[str]]:
        """A few questions of each family of operations."""
        found: dict[str, list[str]] = {}
        one, many = wording(language).noun(self.noun)
        values = example_values((one, many), self.schema.labels, self.ids)
        for name, operation in suited(self.parser.language.registry, self.schema).items():
            told = described(name, values, language)
            said = operation.questions(self.noun, self.schema.labels, self.ids) if told is None else (told["ask"],)
            if said and len(found.setdefault(operation.family, [])) < EXAMPLES:
                found[operation.family].append(said[0])
        return found


def _back(last: Understood, conversation: Conversation) -> Conversation:
    """The conversation that a question was asked in, with what the visitor keeps whatever it meant."""
    return replace(last.before, transcript=conversation.transcript, language=conversation.language, level=conversation.level)
