"""The layers of a transformer: which there are, what state they put out, and putting another state in its place."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from torch import Tensor, nn

from explainers.classifier import Classifier
from explainers.errors import AskWhyError


def depth(classifier: Classifier) -> int:
    """How many layers the model has."""
    return int(classifier.model.config.get_text_config().num_hidden_layers)


def choose(classifier: Classifier, layer: int | Sequence[int] | str | None) -> list[int]:
    """Layers by number, counted from 0; "all" is all of them, None the last. Raises AskWhyError for others."""
    count = depth(classifier)
    if layer is None:
        return [count - 1]
    if isinstance(layer, str):
        if layer != "all":
            raise AskWhyError(f"There is no layer '{layer}'; choose from 0 to {count - 1}, or 'all'.")
        return list(range(count))
    chosen = list(layer) if isinstance(layer, Sequence) else [layer]
    for one in chosen:
        if not isinstance(one, int) or isinstance(one, bool) or not 0 <= one < count:
            raise AskWhyError(f"There is no layer {one!r}; the layers of {classifier.name} are 0 to {count - 1}.")
    if not chosen:
        raise AskWhyError(f"No layer is named; choose from 0 to {count - 1}.")
    return list(dict.fromkeys(chosen))


def _blocks(classifier: Classifier) -> Sequence[nn.Module]:
    """The modules of the layers; a model that shares one among its layers has fewer than layers.

    Raises AskWhyError for a model that has no list of layers.
    """
    lists = [module for module in classifier.model.modules() if isinstance(module, nn.ModuleList) and len(module)]
    full = [module for module in lists if len(module) == depth(classifier)]
    if not lists:
        raise AskWhyError(f"{classifier.name} does not show its layers; choose a method that needs none.")
    return (full or lists)[0]


def check_answer(classifier: Classifier) -> None:
    """Raise AskWhyError for a model that does not answer from the states of a text alone: for a language model whose words
    have several tokens, the later of which look back at every layer.
    """
    if getattr(classifier.model, "behind", 0):
        raise AskWhyError(
            f"{classifier.name} answers in words of several tokens, which look back past its layers; choose another method, as "
            "integrated_gradients."
        )


@contextmanager
def _at_layer(classifier: Classifier, layer: int, see: Any) -> Iterator[None]:
    """Calls `see` with the state that a layer puts out, in this thread; what it returns, if anything, takes its place.

    Layers are told apart by the order of their calls, because a model can call one module for all its layers.
    """
    thread, count, calls = threading.get_ident(), depth(classifier), [0]

    def hook(module: nn.Module, given: Any, output: Any) -> Any:
        if threading.get_ident() != thread:
            return None
        place, calls[0] = calls[0] % count, calls[0] + 1
        if place != layer:
            return None
        state = see(output[0] if isinstance(output, tuple) else output)
        if state is None:
            return None
        return (state, *output[1:]) if isinstance(output, tuple) else state

    handles = [block.register_forward_hook(hook) for block in _blocks(classifier)]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


@contextmanager
def captured(classifier: Classifier, layer: int) -> Iterator[list[Tensor]]:
    """A list that fills with the (rows, tokens, width) state of a layer at each pass."""
    states: list[Tensor] = []
    with _at_layer(classifier, layer, states.append):
        yield states


@contextmanager
def replaced(classifier: Classifier, layer: int, state: Tensor) -> Iterator[None]:
    """The model goes on from `state` after a layer. Raises AskWhyError as `check_answer` does."""
    check_answer(classifier)
    with _at_layer(classifier, layer, lambda _: state):
        yield
