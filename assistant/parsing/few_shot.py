"""Examples for a language model that was not trained here: the training questions nearest to the question, in the words
of the data that is asked about.

Nearest is by TF-IDF over words and pairs of words; in scripts where particles stick to words, over pairs and triples of
characters. Labels, columns, numbers and quoted words are left out, since they differ from one dataset to the next.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.outputs import ChatResult

from assistant.learning.filling import fill
from assistant.learning.questions import SLOT, Example, Family, World, split
from assistant.parsing.linking import question_alone
from assistant.programs.schema import Schema
from assistant.programs.scripts import UNSPACED

FARTHEST = 400  # of the questions by nearness, so many are tried at most
QUOTED = re.compile(r"""["“‘`][^"”’`]+["”’`]|(?<!\w)'[^']+'(?!\w)""")


class FewShotChat(BaseChatModel):
    """Another chat model, shown `examples` questions with their programs before each question.

    `language=` (a `reader.Language`), bound as the parser does, says what the data is; all options are passed on.
    """

    chat: Any
    examples: int = 12

    @property
    def _llm_type(self) -> str:
        return "askwhy-few-shot"

    def _generate(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: Any = None, **options: Any
    ) -> ChatResult:
        language = options.get("language")
        question = question_alone(str(messages[-1].content))
        shown = [] if language is None else nearest(question, language.schema, self.examples)
        turns = example_turns(shown, lambda example: example.program)
        return self.chat._generate([*messages[:-1], *turns, HumanMessage(question)], stop, run_manager, **options)


def example_turns(examples: Sequence[Example], written: Callable[[Example], str]) -> list[BaseMessage]:
    """The examples as turns of a conversation, each program as `written`."""
    return [turn for one in examples for turn in (HumanMessage(one.question), AIMessage(written(one)))]


def nearest(question: str, schema: Schema, most: int) -> list[Example]:
    """The training questions nearest to a question, each of another program, filled from `schema`; the nearest comes last."""
    vectors, weights, templates = _index()
    scores = np.asarray((weights @ vectors.transform([_masked(question, schema)]).T).todense()).ravel()
    found: dict[str, Example] = {}
    for place in np.argsort(-scores, kind="stable")[:FARTHEST]:
        if len(found) >= most:
            break
        family, said = templates[place]
        if family.program not in found:
            for example in _filled(replace(family, questions=(said,)), schema, seed=int(place)):
                found[family.program] = example
    return list(found.values())[::-1]


def _filled(family: Family, schema: Schema, *, seed: int) -> Iterator[Example]:
    """The one question of a family about the data of `schema`; none when the schema lacks what it is about."""
    slots = set(SLOT.findall(family.program + family.questions[0]))
    if not schema.labels and slots & {"label", "label2"}:
        return iter(())
    return fill([family], [_world(schema.id, schema.model_dump_json())], rounds=1, seed=seed, noise=False)


@lru_cache(maxsize=8)
def _world(kind: str, schema: str) -> World:
    """The data of a schema, with the words of an imagined dataset that has the same kind of id."""
    given = Schema.model_validate_json(schema)
    alike = next(world for world in split()[2] if world.schema.id == kind)
    columns = {name: values for name, values in given.columns.items() if values != ()}
    return replace(alike, name="", schema=given.model_copy(update={"columns": columns}), synonyms={}, synonyms_ko={})


@lru_cache(maxsize=1)
def _index() -> tuple[Any, Any, list[tuple[Family, str]]]:
    """The vectorizer, the (questions, terms) weights, and the questions as they stand in the training families."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    templates = [(family, question) for family in split()[0] if not family.before for question in family.questions]
    vectors = TfidfVectorizer(analyzer=_terms, sublinear_tf=True)
    return vectors, vectors.fit_transform(SLOT.sub(" ", question) for _, question in templates), templates


def _terms(text: str) -> list[str]:
    terms = []
    words = re.findall(r"\w+", text.lower())
    for word in words:
        if UNSPACED.search(word):
            whole = f" {word} "
            terms += [whole[start : start + size] for size in (2, 3) for start in range(len(whole) - size + 1)]
        else:
            terms.append(word)
    return terms + [f"{one} {other}" for one, other in pairwise(words)]


def _masked(question: str, schema: Schema) -> str:
    """The question without what is the data's own."""
    text = re.sub(r"\d+", " ", QUOTED.sub(" ", question))
    names = {name.replace("_", " ") for name in (*schema.labels, *schema.columns)} | {*schema.labels, *schema.columns}
    for name in sorted(filter(str.strip, names), key=len, reverse=True):
        text = re.sub(rf"(?<![^\W\d_]){re.escape(name)}", " ", text, flags=re.IGNORECASE)
    return text
