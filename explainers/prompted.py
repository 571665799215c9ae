"""A causal language model as a classifier: a prompt around the text, and behind it a word for each class.

To the explainers the prompt's tokens are what [CLS] and [SEP] are: the model reads them, and they are never hidden. The
logits of the classes are the model's own for the tokens of their words, or the words' log-probabilities where one has
several tokens (`explainers.verbalizers`): so the probabilities are those of the words, shared out among the classes. All
that is known of classifiers holds for it, save that words of several tokens leave it without a linear last layer.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from explainers.classifier import Classifier
from explainers.device import choose_device
from explainers.errors import AskWhyError, closest
from explainers.forward_pass import same
from explainers.generative.loading import load_causal_lm
from explainers.generative.tokens import clipped, encode, frame
from explainers.verbalizers import Words, WordScores, head, tokens_of

PLACE = "{text}"  # where the text stands in a prompt
_SAMPLE = "a"


def load_prompted(
    source: str | Path,
    prompt: str,
    labels: Sequence[str],
    *,
    verbalizers: Mapping[str, str] | None = None,
    chat: bool | None = None,
    device: str = "auto",
    name: str | None = None,
) -> Classifier:
    """A classifier made of a causal language model from a folder or a hub name; the other arguments are as in `prompted`.

    Raises AskWhyError as `prompted` does, and when there is no such model or device.
    """
    check_prompt(prompt, labels, verbalizers or {})
    device = choose_device(device)
    model, tokenizer = load_causal_lm(source, device, "float32")
    named = name or str(source)
    return prompted(model, tokenizer, prompt, labels, verbalizers=verbalizers, chat=chat, device=device, name=named)


def prompted(
    model: Any,
    tokenizer: Any,
    prompt: str,
    labels: Sequence[str],
    *,
    verbalizers: Mapping[str, str] | None = None,
    chat: bool | None = None,
    device: str = "cpu",
    name: str,
) -> Classifier:
    """A classifier made of a causal language model that is loaded.

    `prompt` has {text} where the text stands, and the model goes on with a class's word: its label, or what `verbalizers`
    gives for it. `chat` puts the prompt into the model's chat template, by default where it has one.
    Raises AskWhyError for a prompt or words that do not fit, and a word that is how another begins.
    """
    words = check_prompt(prompt, labels, verbalizers or {})
    framed = PromptTokenizer.of(tokenizer, prompt, bool(tokenizer.chat_template) if chat is None else chat, name)
    ids = tokens_of(framed.inner, "".join((framed.frame[0], _SAMPLE, framed.frame[1])), words, name)
    if any(len(word) > 1 for word in ids) and getattr(model, "_is_stateful", False):  # as transformers marks recurrent models
        raise AskWhyError(f"{name} keeps no keys to go on from, so its words have one token each; give others in `verbalizers`.")
    made = Classifier(PromptClassifier(model, tuple(labels), ids), framed, name=name, device=device)
    taken = len(framed("")["input_ids"])
    if taken >= made.max_tokens:
        raise AskWhyError(f"The prompt has {taken} tokens without a text, but {name} reads {made.max_tokens}; shorten it.")
    _check_head(model, made, framed, ids)
    return made


def check_prompt(prompt: str, labels: Sequence[str], verbalizers: Mapping[str, str]) -> dict[str, str]:
    """The word of each label. Raises AskWhyError for a prompt or labels that make no classifier."""
    if prompt.count(PLACE) != 1:
        raise AskWhyError(f"The prompt has {PLACE} {prompt.count(PLACE)} times; write it once, where the text is to stand.")
    if len(labels) < 2:
        raise AskWhyError('A model with a prompt needs two labels or more; name them, as labels = ["no", "yes"].')
    unknown = next((label for label in verbalizers if label not in labels), None)
    if unknown is not None:
        raise AskWhyError(f"There is a word for '{unknown}' in `verbalizers`, but no such label; {closest(unknown, labels)}")
    words = {label: verbalizers.get(label, label).strip() for label in labels}
    empty = next((label for label, word in words.items() if not word), None)
    if empty is not None:
        raise AskWhyError(f"The label '{empty}' has no word that a model could say; give it one in `verbalizers`.")
    return words


class PromptTokenizer:
    """A fast tokenizer that sets a prompt around each text and tokenizes both together, as the model reads them.

    `offsets` are characters of the text; tokens of the prompt are marked as special. Everything else is as in the
    tokenizer it is made of. `frame` are the words before a text and behind it.
    """

    def __init__(self, inner: Any, before: str, after: str, special: bool, name: str) -> None:
        self.inner = inner
        self.frame = (before, after)
        self._special = special
        self._name = name

    @classmethod
    def of(cls, tokenizer: Any, prompt: str, chat: bool, name: str) -> PromptTokenizer:
        """Raises AskWhyError when there is no chat template, or it changes the prompt."""
        before, _, after = prompt.partition(PLACE)
        if not chat:
            return cls(tokenizer, before, after.rstrip(" "), True, name)  # words bring their own space
        before, after = before.lstrip(), after.rstrip()  # as most templates do
        start, end = frame(tokenizer, before + _SAMPLE + after, name)
        return cls(tokenizer, start + before, after + end, False, name)

    def __call__(self, text: str | list[str], *, add_special_tokens: bool = True, **options: Any) -> Mapping[str, Any]:
        if not add_special_tokens or not isinstance(text, str):
            return self.inner(text, add_special_tokens=add_special_tokens, **options)
        before, after = self.frame
        ids, offsets = encode(self.inner, before + text + after, self._name, special=self._special)
        places = clipped(offsets, len(before), len(before) + len(text))
        return {
            "input_ids": ids,
            "offset_mapping": [place or (0, 0) for place in places],
            "special_tokens_mask": [int(place is None) for place in places],
        }

    def __len__(self) -> int:
        return len(self.inner)

    def __getattr__(self, name: str) -> Any:
        if name == "inner":  # while a copy is being made
            raise AttributeError(name)
        return getattr(self.inner, name)


class PromptClassifier(nn.Module):
    """A language model without its head, and what scores the classes' `words` (token ids); called as transformers' own.

    Where each word has one token, that is `score`, the head's rows of them; else `says`, and `behind` is how many tokens
    there must be room for behind a text.
    """

    base_model_prefix = "base"

    def __init__(self, model: Any, labels: tuple[str, ...], words: Words) -> None:
        super().__init__()
        self.base = model.base_model
        self.behind = max(map(len, words)) - 1
        self.words = words if self.behind else ()
        if self.behind:
            self.says = WordScores(model, words)
            self._told = "position_ids" in inspect.signature(self.base.forward).parameters
        else:
            self.score = head(model, [word[0] for word in words])
        self.config = model.config
        self.config.id2label = dict(enumerate(labels))
        self.config.label2id = {label: place for place, label in enumerate(labels)}
        self.architecture = type(model).__name__

    @property
    def base_model(self) -> Any:
        return self.base

    @property
    def device(self) -> torch.device:
        return self.base.device

    def get_input_embeddings(self) -> nn.Module:
        return self.base.get_input_embeddings()

    def set_attn_implementation(self, name: str) -> None:
        self.base.set_attn_implementation(name)

    def forward(
        self, input_ids: Tensor | None = None, attention_mask: Tensor | None = None, position_ids: Tensor | None = None,
        **options: Any,
    ) -> Any:  # fmt: skip
        """(rows, classes) `logits` at the last token that is shown."""
        from transformers import DynamicCache
        from transformers.modeling_outputs import SequenceClassifierOutput

        given = {"input_ids": input_ids, "attention_mask": attention_mask, "position_ids": position_ids} | options
        if self.behind:
            given |= {"past_key_values": DynamicCache(), "use_cache": True}
        made = self.base(**{name: value for name, value in given.items() if value is not None})
        states = made.last_hidden_state
        rows = torch.arange(len(states), device=states.device)
        last = torch.full((len(states),), states.shape[1] - 1, device=states.device)
        if attention_mask is not None:
            last = (attention_mask.bool() * torch.arange(states.shape[1], device=states.device)).argmax(-1)
        if self.behind:
            mask = torch.ones(states.shape[:2], dtype=torch.long, device=states.device)
            mask = mask if attention_mask is None else attention_mask
            places = (last if position_ids is None else position_ids[rows, last]) if self._told else None
            logits = self.says(self.base, made.past_key_values, states[rows, last], mask, places)
        else:
            logits = self.score(states[rows, last])
        return SequenceClassifierOutput(
            logits=logits,
            hidden_states=getattr(made, "hidden_states", None),
            attentions=getattr(made, "attentions", None),
        )


def _check_head(model: Any, made: Classifier, tokenizer: PromptTokenizer, words: Words) -> None:
    """Raise AskWhyError when the words are not as likely as the whole model has it."""
    prompt = tokenizer(_SAMPLE)["input_ids"]
    theirs = []
    with torch.no_grad():
        for word in words:
            rows = torch.tensor([[*prompt, *word[:-1]]], device=made.device)
            logits = model(input_ids=rows, use_cache=False).logits[0, len(prompt) - 1 :].float()
            logits = logits.log_softmax(-1) if made.model.behind else logits
            theirs.append(sum(logits[place, token] for place, token in enumerate(word)))
        if not same(made.model(input_ids=torch.tensor([prompt], device=made.device)).logits, torch.stack(theirs)[None]):
            raise AskWhyError(f"{made.name} does not say words by a linear layer, as this needs; choose another model.")
