"""Attribution methods that a question names, by any of the names that the glossary gives them."""

from __future__ import annotations

import re
from functools import lru_cache

from explainers.attribution import METHODS

from assistant.knowledge.glossary import find_term, terms
from assistant.knowledge.korean_terms import in_english

FAMILY = {"SHAP": "kernel_shap"}  # what a family's name alone means, as the glossary says
SIGNS = re.compile(r"[-_ ]+")


def named_methods(question: str) -> tuple[str, ...]:
    """The methods that a question names, each once, in the order in which it does."""
    said = SIGNS.sub(" ", f"{question} {in_english(question)}".casefold())
    found: dict[int, str] = {}
    for name, method in _names():  # the longest first: "gradient SHAP" is no SHAP
        for place in re.finditer(rf"(?<![a-z]){re.escape(name)}(?![a-z])", said):
            found[place.start()] = method
        said = re.sub(rf"(?<![a-z]){re.escape(name)}(?![a-z])", lambda hit: "#" * len(hit[0]), said)
    return tuple(dict.fromkeys(found[place] for place in sorted(found)))


@lru_cache(maxsize=1)
def _names() -> tuple[tuple[str, str], ...]:
    named = {name: method for method in METHODS if (term := find_term(method)[0]) for name in (term.name, *term.also, method)}
    named |= {name: FAMILY[term.name] for term in terms() if term.name in FAMILY for name in (term.name, *term.also)}
    plain = {SIGNS.sub(" ", name.casefold()): method for name, method in named.items()}
    return tuple(sorted(plain.items(), key=lambda pair: -len(pair[0])))
