"""Real words that a classifier reads as one token each, to be swapped in by gradient."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from explainers.classifier import Classifier

SIZE = 8000


@dataclass(frozen=True)
class Lexicon:
    """`words` (lower case) and the token `ids` that the tokenizer has for each. It serves every model with that tokenizer."""

    words: tuple[str, ...]
    ids: tuple[int, ...]

    @classmethod
    def of(cls, classifier: Classifier, words: Iterable[str] | None = None, size: int = SIZE) -> Lexicon:
        """From words in the order of their frequency, or from the tokenizer's own tokens that are whole words."""
        tokenizer = classifier.tokenizer
        said = _whole_tokens(tokenizer) if words is None else [word for word in words if word.isalpha() and len(word) > 1]
        encoded = tokenizer([f" {word}" for word in said], add_special_tokens=False)["input_ids"] if said else []
        kept = {
            word: ids[0] for word, ids in zip(said, encoded, strict=True) if len(ids) == 1 and ids[0] != tokenizer.unk_token_id
        }
        chosen = list(kept.items())[:size]
        return cls(tuple(word for word, _ in chosen), tuple(number for _, number in chosen))


def _whole_tokens(tokenizer: Any) -> list[str]:
    """Tokens of letters only that begin a word, the ones made first coming first, since these are the more frequent."""
    tokens = tokenizer.convert_ids_to_tokens(range(len(tokenizer)))
    marked = any(token.startswith(("Ġ", "▁")) for token in tokens)  # tokenizers that write the space into the token
    begun = [token[1:] if marked else token for token in tokens if not marked or token.startswith(("Ġ", "▁"))]
    return list(dict.fromkeys(token for token in begun if token.isalpha() and token.islower() and len(token) > 1))
