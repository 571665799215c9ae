from __future__ import annotations

from dataclasses import dataclass

from explainers.explanation import Explanation

from assistant.context import Context
from assistant.operation import Operation
from assistant.operations.attribute import last_attribute
from assistant.results import Prediction, Result


@dataclass(frozen=True, kw_only=True)
class RationalizeResult(Result):
    """The prediction and its explanation, to be said in a few sentences."""

    prediction: Prediction
    explanation: Explanation


class Rationalize(Operation):
    """The explanation as a few plain sentences."""

    name = "rationalize"
    family = "explain"
    scope = "texts"
    first_only = True
    needs = "classifier"
    continues = True
    repeatable = False
    examples = ("Explain it in plain words", "Say in one sentence why")

    def run(self, context: Context) -> RationalizeResult:
        (subject,) = context.few(1)
        (prediction,) = context.predict([subject])
        asked = last_attribute(context.conversation).model_copy(update={"unit": None, "layer": None})
        explanation = asked.explain(context, subject.text, prediction).explanation
        return RationalizeResult(
            prediction=prediction, explanation=explanation, provenance=context.provenance(method=explanation.method)
        )
