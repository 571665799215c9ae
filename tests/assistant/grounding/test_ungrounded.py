"""What every operation's answer says is in its result; and what is not there is found."""

from __future__ import annotations

import json

import pytest

from assistant.grounding import Facts, faults, ungrounded
from assistant.grounding.counterparts import Reference
from assistant.saying import answers
from assistant.saying.wording import wording

from ..operations.test_every import MANNERS

COMMANDS = [
    ["where id = 3 | predict"], ["where label = ham | predict"], ["where id = 3 | likelihood class=spam"], ["score by=sender"],
    ["where id = 3 | attribute"], ["where label = ham | attribute unit=sentence"], ["where id = 3 | compare with=row:4"],
    ["where id = 3 | predict", "edit old=\"me\" new=\"us\""], ["statistics"], ["statistics of=label"], ["keywords n=3"],
    ["mistakes kind=typical"], ["confusion"], ["calibration"], ["where id = 3 | rationalize"], ["where id = 3 | trust"],
    ["where id = 3 | similar n=3"], ["where age > 25 | count"], ["important"], ["where id = 10 | counterfactual"],
]  # fmt: skip


@pytest.mark.parametrize("commands", COMMANDS, ids=[commands[-1] for commands in COMMANDS])
def test_an_answer_is_grounded_and_passes_as_its_own_draft(talk, assistant, commands):
    (result,) = talk(*commands).results
    noun, classes = assistant.workspace.settings.data.noun, assistant.workspace.schema.labels
    facts = Facts(json.loads(json.dumps(result.to_json())), tuple(classes))
    for language, level in MANNERS:
        text = answers.answer(result, noun, language, level=level).text
        nouns = tuple(dict.fromkeys(wording(language).noun(noun)))
        assert ungrounded(text, facts, language, nouns) == (), text
        assert faults(text, Reference(text, facts, language, nouns)) == (), text


FACTS = Facts(
    {
        "operation": "predict",
        "predictions": [{
            "subject": {"row": 12, "text": "You won a free phone", "label": "ham"}, "label": "spam", "confidence": 0.931,
            "probabilities": {"ham": 0.069, "spam": 0.931}, "correct": False,
        }],
    },
    ("ham", "spam", "ad"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("language", "text", "kind"),
    [
        ("en", "The model says spam with 97%.", "number"),
        ("en", "The word “prize” matters.", "quote"),
        ("en", "It says ad.", "label"),
        ("en", "Message 13 is spam.", "id"),
        ("ko", "확률은 97%예요.", "number"),
        ("ko", "“상금”이 중요해요.", "quote"),
        ("ko", "모델은 ad로 봐요.", "label"),
        ("ko", "메시지 13번은 spam이에요.", "id"),
    ],
)
def test_what_is_not_in_the_result_is_found(language, text, kind):
    (fault,) = ungrounded(text, FACTS, language, ("message", "메시지"))
    assert fault.kind == kind


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Message 12 is spam with 93%, ham with 6.9%; about nine in ten."),
        ("en", "It reads “You won a FREE phone”."),
        ("ko", "메시지 12번은 93.1%의 확률로 spam이에요. “free”가 있어요."),
    ],
)
def test_what_is_there_is_no_fault(language, text):
    assert ungrounded(text, FACTS, language, ("message", "메시지")) == ()
