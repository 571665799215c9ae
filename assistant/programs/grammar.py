"""The Lark grammar of programs, generated from the registry and a schema.

One generator, two readers. A person may space a `/` command freely and order its arguments at will. A language
model decodes exactly one spelling, ended by a newline, and may only copy free text from the question.
"""

from __future__ import annotations

import json
import re

from assistant.programs import conditions
from assistant.programs.arguments import COUNT_RULE, alternatives, literal
from assistant.programs.conditions import FIELDS, name_text, quote
from assistant.programs.program import MOST_STEPS, Registry
from assistant.programs.schema import Schema
from assistant.programs.scripts import UNSPACED

STRING = r'/"([^"\\]|\\["\\\/bfnrt]|\\u[0-9a-fA-F]{4})*"/'
INTEGER = "/-?(0|[1-9][0-9]{0,17})/"
NUMBER = r"/-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,22})?([eE][-+]?[0-9]{1,3})?/"
DAY = r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
SPOKEN_DATE = rf'/"{DAY}(T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?)?"/'
SPOKEN_COUNT = "/[1-9][0-9]{0,8}/"
SPOKEN_NUMBER = r"/-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,9})?([eE][-+]?[0-9]{1,2})?/"


def grammar(registry: Registry, schema: Schema) -> str:
    """The grammar that reads what a person types after a slash."""
    lines = ["start: where? steps", f'where: "where" disjunction {literal("|")}', 'steps: step ("|" step)*']
    lines += _conditions(schema, gap="")
    names = []
    for name, operation in registry.items():
        names.append(f"do_{name}")
        arguments = operation.arguments().values()
        said = " | ".join(f'{literal(a.name)} "=" {argument_rule(name, a.name)}' for a in arguments)
        lines.append(f"do_{name}: {literal(name)}" + (f" ({said})*" if said else ""))
        lines += [f"{argument_rule(name, a.name)}: {a.kind.rule(schema)}" for a in arguments]
    labels = [literal(form) for label in schema.labels for form in _spellings(label, gap="")]
    lines += [f"step: {' | '.join(names)}", *_terminals(labels, count=INTEGER, number=NUMBER), f"STRING: {STRING}"]
    lines.append(r"%ignore /\s+/")
    return "\n".join(lines)


def decoding_grammar(registry: Registry, schema: Schema, question: str) -> str:
    """The grammar under which a language model decodes a program for `question` (llguidance's dialect of Lark).

    Free text, and ids that are strings, can only be runs of the question's words.
    """
    lines = ['start: (where " | ")? steps "\\n"', 'where: "where " disjunction']
    lines.append(f'steps: step (" | " step){{0,{MOST_STEPS - 1}}}')
    lines += _conditions(schema, gap=" ")
    names = []
    for name, operation in registry.items():
        names.append(f"do_{name}")
        parts = [f'(" {a.name}=" {a.kind.rule(schema)}){"" if a.required else "?"}' for a in operation.arguments().values()]
        lines.append(f"do_{name}: {' '.join([literal(name), *parts])}")
    lines.append(f"step: {' | '.join(names)}")
    labels = [literal(name_text(label)) for label in schema.labels]
    lines += [*_terminals(labels, count=SPOKEN_COUNT, number=SPOKEN_NUMBER), f"DATE: {SPOKEN_DATE}", *_copied_strings(question)]
    return "\n".join(lines)


def argument_rule(operation: str, argument: str) -> str:
    """The grammar rule of one argument of one operation."""
    return f"arg_{operation}__{argument}"


def _conditions(schema: Schema, gap: str) -> list[str]:
    """Rules for conditions; `gap` is the space that a language model writes between words."""

    def spaced(*parts: str) -> str:
        return (f" {literal(gap)} " if gap else " ").join(parts)

    def word(text: str) -> str:  # a person may leave out spaces, but `notes` is not the word `not`
        return literal(text) if gap else rf"/{text.strip()}(?![\w-])/"

    lines = []
    compares = []
    for index, field in enumerate((*FIELDS, *schema.columns)):
        kind = conditions.field_type(field, schema)
        if kind == ():
            continue
        rule = f"compare_{index}"
        left = alternatives(_spellings(field, gap, field if field in FIELDS else name_text(field)))
        named = f"value_{index}"
        lines.append(f"{named}: {_value_rule(kind, gap)}")
        plain = [op for op in conditions.operators(field, schema) if op != "in"]
        forms = [spaced(left, alternatives(tuple(sorted(plain, key=len, reverse=True))), named)]
        if "in" in conditions.operators(field, schema):
            comma = literal("," + gap)
            forms.append(f"{spaced(left, literal('in'))} {literal(gap + '(')} {named} ({comma} {named})* {literal(')')}")
        lines.append(f"{rule}: {' | '.join(forms)}")
        compares.append(rule)
    picked = "" if gap else f" | {literal('picked')} COUNT -> picked"  # the page's own: no question has words for it
    return [
        f"disjunction: conjunction ({word(gap + 'or' + gap)} conjunction)*",
        f"conjunction: negation ({word(gap + 'and' + gap)} negation)*",
        f"negation: {word('not' + gap)} negation -> negated | atom",
        'atom: "(" disjunction ")" -> bracketed | compare | "previous" -> previous'
        f" | {spaced(literal('sample'), COUNT_RULE)} -> sample | {spaced(literal('text'), 'STRING')} -> typed{picked}",
        f"compare: {' | '.join(compares)}",
        *lines,
    ]


def _value_rule(kind: str | tuple[str, ...], gap: str) -> str:
    if isinstance(kind, tuple):
        return alternatives(tuple(form for name in kind for form in _spellings(name, gap)))
    date = "DATE" if gap else "STRING"  # words of the question need not be a date
    return {"integer": "INTEGER", "number": "NUMBER", "flag": '("true" | "false")', "date": date}.get(kind, "STRING")


def _spellings(name: str, gap: str, plain: str = "") -> tuple[str, ...]:
    """How a label, category, field or column may be written: a person may quote what need not be."""
    plain = plain or name_text(name)
    return (plain,) if gap else tuple(dict.fromkeys((plain, quote(name))))


def _terminals(labels: list[str], *, count: str, number: str) -> list[str]:
    listed = " | ".join(labels) or literal("?")
    return [f"LABEL: {listed}", f"INTEGER: {INTEGER}", f"COUNT: {count}", f"NUMBER: {number}"]


def _copied_strings(question: str) -> list[str]:
    """STRING as a quoted run of words of the question; quotes and backslashes split it, since JSON escapes them.

    A question in a script such as Hangul, where particles stick to words, is copied by characters instead.

    Copying stops between words and signs, but not within a run of signs like `!'`. So what stands between
    quotation marks, and each word freed of the signs around it, is offered too.
    """
    whole = re.split(r'["\\\x00-\x1f\x7f]+', question)
    quoted = [part for piece in whole for part in re.split(r"[“”‘`«»]|(?<!\w)['’]|['’](?!\w)", piece)]
    pieces = list(dict.fromkeys(piece.strip() for piece in (*whole, *quoted) if piece.strip()))
    mode = "substring_chars" if UNSPACED.search(question) else "substring_words"
    rules = [f"COPY_{index}: %regex {json.dumps({mode: piece}, ensure_ascii=False)}" for index, piece in enumerate(pieces)]
    words = " ".join(whole).split()
    bare = {word.strip(signs) for word in words for signs in ("#:;,.?!()", "#:;,.?!")}
    odd = sorted(word for word in bare if word and not word.isalnum())
    rules.append(r"SAID: /[^ ]([^\n]*[^ ])?/")  # a run of no words is a run as well
    names = [f"(COPY_{index} & SAID)" for index in range(len(pieces))] + [literal(word) for word in odd]
    if not names:
        return ['STRING: "\\"\\""']
    return [*rules, f'STRING: "\\"" ({" | ".join(names)}) "\\""']
