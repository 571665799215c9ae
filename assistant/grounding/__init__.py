"""Whether words say only what was computed: `ungrounded` checks a text against the facts of a result, `faults` a draft that a
language model wrote against the text that it was to put in other words, and against the same facts.

It errs to the safe side: what cannot be matched is a fault, and the template's text then stands.
"""

from assistant.grounding.check import Fault, ungrounded
from assistant.grounding.counterparts import Reference
from assistant.grounding.draft import faults
from assistant.grounding.facts import Facts

__all__ = ["Facts", "Fault", "Reference", "faults", "ungrounded"]
