"""What was asked just before a question, as the language model is told it: what "those", "the other one" or "5" lean on.

(Reading a turn together with the program of the turn before it is known from conversational semantic parsing and
context-dependent text-to-SQL; Yu et al. 2019.)
"""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.conversation import Conversation
from assistant.programs.conditions import Compare, Typed
from assistant.programs.program import Program
from assistant.programs.schema import Schema

MARK = "\n< "  # before the program, in a line of its own after the question
LONGEST_TEXT = 40  # characters of a typed text
LONGEST = 200  # characters
TYPED = re.compile(rf'(?<=^where text ")((?:[^"\\]|\\.){{{LONGEST_TEXT}}})(?:[^"\\]|\\.)+(?=")')


def recalled(conversation: Conversation, schema: Schema) -> str:
    """The last program in its compact text form, with the text that it was about; "" where nothing was asked yet."""
    if conversation.program is None:
        return ""
    return shortened(" ".join(with_text(conversation.program, conversation).to_text(schema).split()))


def with_text(program: Program, conversation: Conversation) -> Program:
    """The program with the text in question named, where it is about that without saying so."""
    focus = conversation.focus
    if program.where is not None or focus is None or not any(step.scope == "texts" for step in program.steps):
        return program
    return replace(program, where=Typed(focus.original) if focus.row is None else Compare("id", "=", focus.row))


def shortened(program: str) -> str:
    """A program's text without the most of what a visitor typed."""
    return TYPED.sub(r"\1...", program)[:LONGEST]


def asked(said: str) -> str:
    """Of the lines that the parser sends, the question and what was asked before it: the others help only who was trained
    with them."""
    question, *lines = said.split("\n")
    return "\n".join([question, *(one for one in lines if one.startswith(MARK[1:]))])


def line(before: str) -> str:
    """What follows the question; "" where nothing was asked before."""
    return MARK + before if before else ""
