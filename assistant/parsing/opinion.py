"""A second opinion on what a question asks for: how likely each sequence of operations is by the question's words alone.

A language model that writes a program from left to right settles on its operations early. Where it finds several readings, what a
linear classifier of the words thinks of their operations is multiplied in (a product of experts; Hinton 2002). Words are hashed,
so that there is no vocabulary to keep (Weinberger et al. 2009).
"""

from __future__ import annotations

import json
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from explainers.errors import AskWhyError

from assistant.parsing.covering import QUOTED
from assistant.parsing.glossing import gloss
from assistant.programs.program import Program
from assistant.programs.schema import Schema
from assistant.programs.scripts import HANGUL, UNSPACED

FILE = "opinion.safetensors"
BUCKETS = 1 << 15
OTHER = "other"  # a sequence of operations that is asked for too rarely to be a class
TRUST = 0.5  # the power of its probabilities beside the language model's; chosen on validation questions
LEAST = 1e-4  # no reading is ruled out
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
SAID = re.compile(r'"(?:[^"\\]|\\.)*"')  # words in a program
WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Opinion:
    """A linear classifier of hashed words: `weights` are (BUCKETS, classes) whole numbers of -127 to 127, to be multiplied by
    `scale` (classes,), `bias` is (classes,), `rarity` (BUCKETS,) what each word counts, `classes` are sequences of operations."""

    classes: tuple[str, ...]
    weights: np.ndarray
    scale: np.ndarray
    bias: np.ndarray
    rarity: np.ndarray

    def chances(self, question: str, before: str, names: re.Pattern[str], asked: Sequence[str]) -> list[float]:
        """How likely each sequence of operations (`operations`) is for a question that was asked after the program `before`;
        `names` are those of the schema (`names_of`)."""
        places, counts = hashed(terms(question, before, names))
        values = counts * self.rarity[places]
        values /= np.linalg.norm(values)
        scores = values @ self.weights[places] * self.scale + self.bias
        likely = np.exp(scores - scores.max())
        likely /= likely.sum()
        of_class = {name: place for place, name in enumerate(self.classes)}
        return [max(float(likely[of_class.get(one, of_class[OTHER])]), LEAST) for one in asked]

    def weighed(
        self, question: str, before: str, names: re.Pattern[str], readings: Sequence[tuple[Program, float]]
    ) -> list[tuple[Program, float]]:
        """Readings with their probabilities by the language model, weighed anew; these still sum up to what they did."""
        thought = self.chances(question, before, names, [operations(program) for program, _ in readings])
        scores = [chance * one**TRUST for (_, chance), one in zip(readings, thought, strict=True)]
        share = sum(chance for _, chance in readings) / (sum(scores) or 1.0)
        return [(program, score * share) for (program, _), score in zip(readings, scores, strict=True)]

    def rarity_of(self, word: str) -> float:
        """The inverse document frequency of a word among training questions, lower where it shares its bucket with others."""
        return float(self.rarity[_bucket(word)])

    def write(self, folder: Path) -> None:
        from safetensors.numpy import save_file

        arrays = {name: getattr(self, name) for name in ("weights", "scale", "bias", "rarity")}
        save_file(arrays, folder / FILE, {"classes": json.dumps(self.classes)})

    @classmethod
    def read(cls, folder: Path | str) -> Opinion | None:
        """The one beside an adapter, None where there is none. Raises AskWhyError for a file that is damaged."""
        from safetensors import SafetensorError, safe_open

        path = Path(folder) / FILE
        if not path.exists():
            return None
        try:
            with safe_open(path, "np") as kept:
                classes = tuple(json.loads(kept.metadata()["classes"]))
                made = cls(classes, *map(kept.get_tensor, ("weights", "scale", "bias", "rarity")))
            shapes = [(BUCKETS, len(classes)), (len(classes),), (len(classes),), (BUCKETS,)]
            if [array.shape for array in (made.weights, made.scale, made.bias, made.rarity)] != shapes or OTHER not in classes:
                raise ValueError
        except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
            raise AskWhyError(f"{path} is damaged; remove it, or train the parser anew.") from error
        return made


def operations(program: Program) -> str:
    """A program's operations in their order."""
    return " ".join(step.name for step in program.steps)


def operations_of(text: str) -> str:
    """Those of a program's compact text."""
    steps = (step.split() for step in SAID.sub("", text).split("|"))
    return " ".join(words[0] for words in steps if words and words[0] != "where")


def names_of(schema: Schema) -> re.Pattern[str]:
    """The names of a schema, which say nothing of what is asked about them."""
    values = (value for kind in schema.columns.values() if isinstance(kind, tuple) for value in kind)
    names = {name for name in (*schema.labels, *schema.columns, *values) if name.strip()}
    longest = sorted(names | {name.replace("_", " ") for name in names}, key=len, reverse=True)
    return re.compile(rf"(?<![^\W\d_])(?:{'|'.join(map(re.escape, longest)) or '(?!)'})(?![a-z])", re.IGNORECASE)


def hashed(said: Iterator[str]) -> tuple[np.ndarray, np.ndarray]:
    """(terms,) buckets, and (terms,) weights of how often something of each was said (1 + log)."""
    counts = Counter(map(_bucket, said))
    return np.array(list(counts)), 1 + np.log(np.array(list(counts.values()), dtype=np.float32))


def _bucket(term: str) -> int:
    return zlib.crc32(term.encode()) % BUCKETS


def terms(question: str, before: str, names: re.Pattern[str]) -> Iterator[str]:
    """What a question says without what is the data's own: words, pairs of words, and pieces of words, since particles stick to
    Korean ones and others are misspelt; the same of its gloss; and the operations that were asked for before."""
    said = QUOTED.sub(" quotedwords ", question)
    if re.search(f"[{HANGUL}]", said):
        glossed = [word for word in gloss(said).lower().split() if word != "..."]
        yield from (*glossed, *map(" ".join, pairwise(glossed)))
    words = WORD.findall(NUMBER.sub(" anumber ", names.sub(" somename ", said)).lower())
    yield from (*words, *map(" ".join, pairwise(words)))
    for word in words:
        whole = f" {word} "
        sizes, sign = ((2, 3), "") if UNSPACED.search(word) else ((4,), "#")
        yield from (f"{sign}{whole[start : start + size]}" for size in sizes for start in range(len(whole) - size + 1))
    yield f"<{operations_of(before)}"
