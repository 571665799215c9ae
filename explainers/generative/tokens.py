"""Prompts and answers as token ids with character offsets, and which tokens are not the person's but the template's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from explainers.errors import AskWhyError

_MARK = "\ue000\ue001\ue000"  # private characters, which no template and hardly any prompt has
Offsets = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Prompt:
    """What a person wrote, as the model reads it.

    `ids` are all tokens. `scaffold` marks those of the chat template and those that the tokenizer adds by itself; their
    `offsets` are (0, 0), the others' are characters of `text`. `rendered` is the whole text with its template.
    """

    text: str
    rendered: str
    ids: tuple[int, ...]
    offsets: Offsets
    scaffold: tuple[bool, ...]
    chat: bool


def encode_prompt(tokenizer: Any, text: str, chat: bool, name: str) -> Prompt:
    """A prompt as token ids, within the tokenizer's chat template or plainly.

    Raises AskWhyError for a prompt without words, a template that does not exist or changes the prompt, and a tokenizer
    whose tokens cannot be found in the text.
    """
    if not text.strip():
        raise AskWhyError("The prompt is empty; write one.")
    before, after = _frame(tokenizer, text, name) if chat else ("", "")
    start = len(text) - len(text.lstrip()) if chat else 0
    shown = text.strip() if chat else text
    if chat and _templated(tokenizer, text) == before + text + after:  # a template that leaves the space around it
        start, shown = 0, text
    rendered = before + shown + after
    ids, offsets = encode(tokenizer, rendered, name, special=not chat)
    first, last = len(before), len(before) + len(shown)
    places, scaffold = [], []
    for begin, end in offsets:
        begin, end = max(begin, first), min(end, last)
        scaffold.append(begin >= end)
        places.append((0, 0) if begin >= end else (begin - first + start, end - first + start))
    if all(scaffold):
        raise AskWhyError(f"{name} sees none of this prompt; write it in words that its tokenizer knows.")
    return Prompt(text, rendered, tuple(ids), tuple(places), tuple(scaffold), chat)


def encode(tokenizer: Any, text: str, name: str, special: bool = False) -> tuple[list[int], Offsets]:
    """Token ids and their characters; with `special`, the tokens that the tokenizer sets before a text.

    Raises AskWhyError when the tokenizer gives no offsets and its tokens, decoded, are not the text either.
    """
    if not tokenizer.is_fast:
        ids = list(tokenizer.encode(text, add_special_tokens=special))
        return _without_end(tokenizer, ids, _by_decoding(tokenizer, ids, text, name))
    made = tokenizer(text, add_special_tokens=special, return_offsets_mapping=True, verbose=False)
    return _without_end(tokenizer, made["input_ids"], made["offset_mapping"])


def continuation(tokenizer: Any, before: str, text: str, name: str) -> tuple[list[int], Offsets]:
    """The tokens of `text` behind `before`, with their characters in `text`.

    They are the rest of the tokens of both together, where those begin with the tokens of `before`; otherwise the tokens
    of the text alone, so that what stands before keeps its tokens.
    """
    head, _ = encode(tokenizer, before, name) if before else ([], ())
    whole, offsets = encode(tokenizer, before + text, name)
    if whole[: len(head)] == head:
        shift = len(before)
        return whole[len(head) :], tuple((max(0, start - shift), max(0, end - shift)) for start, end in offsets[len(head) :])
    return encode(tokenizer, text, name)


def decode(tokenizer: Any, ids: Sequence[int]) -> tuple[str, Offsets]:
    """The text of tokens that a model wrote, and the characters of each.

    Tokens that are pieces of one character share it. Special tokens have no characters.
    """
    text, offsets = "", []
    waiting = 0  # tokens whose character is not whole yet
    for count in range(1, len(ids) + 1):
        now = _plain(tokenizer, ids[:count])
        waiting += 1
        if now.endswith("\ufffd") and count < len(ids):
            continue
        start = min(len(text), len(now))
        offsets += [(start, len(now))] * waiting
        text, waiting = now, 0
    return text, tuple(offsets)


def _by_decoding(tokenizer: Any, ids: Sequence[int], text: str, name: str) -> Offsets:
    decoded, offsets = decode(tokenizer, ids)
    missing = len(text) - len(decoded)  # some tokenizers drop the space before a text
    if missing < 0 or text[missing:] != decoded or text[:missing].strip():
        raise AskWhyError(
            f"The tokenizer of {name} gives no character offsets, and its tokens do not spell the text; use its fast tokenizer "
            "(tokenizer.json)."
        )
    return tuple((start + missing, end + missing) if end > start else (0, 0) for start, end in offsets)


def _plain(tokenizer: Any, ids: Sequence[int]) -> str:
    return tokenizer.decode(list(ids), skip_special_tokens=True, clean_up_tokenization_spaces=False)


def _without_end(tokenizer: Any, ids: Sequence[int], offsets: Sequence[tuple[int, int]]) -> tuple[list[int], Offsets]:
    """Without the tokens that some tokenizers set behind every text: the model goes on writing from here."""
    ids, places = list(ids), [(int(start), int(end)) for start, end in offsets]
    while ids and ids[-1] in tokenizer.all_special_ids and places[-1][0] == places[-1][1]:
        ids.pop()
        places.pop()
    return ids, tuple(places)


def _frame(tokenizer: Any, text: str, name: str) -> tuple[str, str]:
    """What the chat template sets before and behind what a person says."""
    if not tokenizer.chat_template:
        raise AskWhyError(f"{name} has no chat template; give the prompt plainly, without a chat (chat = false).")
    before, found, after = _templated(tokenizer, _MARK).partition(_MARK)
    if not found or _templated(tokenizer, text) not in (before + text + after, before + text.strip() + after):
        raise AskWhyError(
            f"The chat template of {name} changes what the prompt says; give the prompt plainly, without a chat (chat = false)."
        )
    return before, after


def _templated(tokenizer: Any, text: str) -> str:
    # templates of models that think before they answer leave that out; others do not know the word
    turns = [{"role": "user", "content": text}]
    return tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True, enable_thinking=False)
