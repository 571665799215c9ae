"""Drafts beside the answer that they put in other words: right ones pass, and one error is enough to be caught."""

from __future__ import annotations

import pytest

from assistant.grounding import Facts, Reference, faults


def explained(label: str = "spam", correct: bool = False) -> Facts:
    pieces = {"free": 1.2, "prize": 0.8, "tonight": -0.5, "see": -0.2, "the": 0.0}
    prediction = {
        "subject": {"row": 12, "text": "see the free prize tonight", "label": "ham" if not correct else label}, "label": label,
        "confidence": 0.931, "probabilities": {"ham": 0.069, "spam": 0.931}, "correct": correct,
    }  # fmt: skip
    explanation = {
        "target": label, "signed": True, "probability": 0.931, "method": "occlusion",
        "pieces": [{"text": text, "score": score} for text, score in pieces.items()],
    }  # fmt: skip
    return Facts(
        {"operation": "attribute", "explained": [{"prediction": prediction, "explanation": explanation}]}, ("ham", "spam")
    )


ENGLISH = Reference(
    "The model says spam for message 12, with a probability of 93%.\nThe label in the data is ham, so the model is wrong here.\n"
    "Most for spam: “free” and “prize”.\nAgainst it: “tonight” and “see”.",
    explained(), "en", ("message", "messages"),
)  # fmt: skip
KOREAN = Reference(
    "모델은 메시지 12번을 spam으로 봐요. 확률은 93%예요.\n데이터의 라벨은 ham이니 여기서는 모델이 틀렸어요.\n"
    "spam 쪽으로 가장 크게 작용한 단어: “free”, “prize”.\n반대쪽으로 작용한 단어: “tonight”, “see”.",
    explained(), "ko", ("메시지",),
)  # fmt: skip
REFERENCES = {"en": ENGLISH, "ko": KOREAN}
RIGHT = {
    "en": [
        "For message 12 the model's answer is spam (93%), which is wrong: in the data it is labelled ham. “free” and “prize” speak "
        "for spam, while “tonight” and “see” speak against it.",
        "The model is about 93 percent sure that message 12 is spam. It is mistaken, since the label in the data is ham. What speaks "
        "most for spam is “free”.",
        "With nine in ten, message 12 is spam to the model, wrongly: the label in the data is ham.",
        "Message 12 is spam (93%) rather than ham to the model, yet the label in the data is ham. “free” is the first and “prize” "
        "the second reason for spam.",
        "The model says “spam” for message 12, at 93%, which is a mistake. “free” and “prize” tip it towards spam, “tonight” "
        "pulls it away from spam.",
        "Spam it is for message 12, at 93%, and wrongly so; the remaining 7% goes to ham.",
    ],
    "ko": [
        "메시지 12번은 93% 확률로 spam이라고 하지만 틀렸어요. 데이터의 라벨은 ham이에요. “free”와 “prize”는 spam 쪽으로, “tonight”와 “see”는 "
        "반대쪽으로 작용했어요.",
        "모델은 메시지 12번을 spam으로 보는데 틀렸어요. 확률은 약 93퍼센트예요.",
    ],
}
WRONG = {
    "en": [
        ("number", "For message 12 the model's answer is spam (97%), which is wrong: in the data it is labelled ham."),
        ("label", "For message 12 the model's answer is ham (93%), which is wrong: in the data it is labelled ham."),
        ("label", "For message 12 the model's answer is spam (93%), which is wrong: in the data it is labelled spam."),
        ("id", "For message 13 the model's answer is spam (93%), which is wrong: in the data it is labelled ham."),
        ("direction", "For message 12 the model's answer is spam (93%), which is right: in the data it is labelled ham."),
        ("direction", "Spam for message 12 (93%) is wrong. “free” and “prize” speak against spam."),
        ("direction", "Spam for message 12 (93%) is wrong. “tonight” and “see” push towards spam."),
        ("order", "Spam for message 12 (93%) is wrong. “prize” and “free” speak most for spam."),
        ("order", "Spam for message 12 (93%) is wrong. “prize” is the first reason for spam."),
        ("direction", "Spam for message 12 (93%) is wrong. None of the words speaks against it; “tonight” speaks for spam."),
        ("label", "Message 12 is ham rather than spam to the model (93%), which is wrong."),
        ("quote", "Spam for message 12 (93%) is wrong. “money” and “prize” speak most for spam."),
        ("missing", "The model says spam for message 12, with a probability of 93%."),  # and is wrong, which must be said
        ("number", "Spam for message 12 (93%) is wrong; the remaining 17% goes to ham."),
        ("words", "Spam, 93% of message 12, is wrong; see www.example.com."),
        ("missing", ""),
    ],
    "ko": [
        ("number", "메시지 12번은 97% 확률로 spam이라고 하지만 틀렸어요."),
        ("label", "모델은 메시지 12번을 ham으로 보는데 틀렸어요. 확률은 93%예요."),
        ("id", "모델은 메시지 13번을 spam으로 보는데 틀렸어요. 확률은 93%예요."),
        ("direction", "모델은 메시지 12번을 spam으로 보고 맞았어요. 확률은 93%예요."),
        ("direction", "93%의 spam은 틀렸어요. “free”와 “prize”는 반대쪽으로 작용했어요."),
        ("label", "93%의 spam은 틀렸어요. ham이라고 볼 가장 큰 이유는 “free”예요."),
        ("number", "메시지 12번은 12퍼센트의 확률로 spam이라고 하지만 틀렸어요."),
        ("order", "93%의 spam은 틀렸어요. “prize”, “free”는 spam 쪽으로 가장 크게 작용했어요."),
        ("quote", "93%의 spam은 틀렸어요. “money”는 spam 쪽으로 작용했어요."),
        ("missing", "Spam is wrong for message 12, with 93%."),
    ],
}


@pytest.mark.parametrize(("language", "draft"), [(language, draft) for language, drafts in RIGHT.items() for draft in drafts])
def test_other_words_for_the_same_pass(language, draft):
    reference = REFERENCES[language]
    assert faults(draft, reference) == ()
    assert faults(reference.text, reference) == ()


@pytest.mark.parametrize(
    ("language", "kind", "draft"), [(language, *wrong) for language, drafts in WRONG.items() for wrong in drafts]
)
def test_an_error_is_caught(language, kind, draft):
    assert kind in {fault.kind for fault in faults(draft, REFERENCES[language])}


def test_a_change_keeps_its_direction():
    facts = Facts({"before": 0.07, "after": 0.93, "row": 3}, ("ham", "spam"))
    changed = Reference("The answer changes from ham to spam: spam goes from 7% to 93%.", facts, "en", ("message", "messages"))
    for right in (
        "It turns from ham to spam, which rises from 7% to 93%.",
        "The model now says spam instead of ham; spam goes to 93%, from 7%.",
    ):
        assert faults(right, changed) == (), right
    for wrong in ("It turns from spam to ham, which rises from 7% to 93%.", "The answer changes from ham to spam: spam goes from 93% to 7%.",
                  "It turns from ham to spam, which falls from 7% to 93%.", "It still says ham, as before: spam goes from 7% to 93%."):  # fmt: skip
        assert faults(wrong, changed), wrong


def test_numbers_keep_what_they_count():
    facts = Facts({"right": 877, "rows": 883, "share": 877 / 883}, ("ham", "spam"))
    scored = Reference("The model is right on 877 of 883 messages: an accuracy of 99.3%.", facts, "en", ("message", "messages"))
    assert faults("The accuracy is 99.3%: 877 of 883 messages are right.", scored) == ()
    assert faults("The accuracy is 99.3%: 883 of 877 messages are right.", scored)
    assert faults("The accuracy is 99.3%: 877 of 883 messages are wrong.", scored)


def row(number: int, label: str, chance: float) -> dict:
    other = {"ham": "spam", "spam": "ham"}[label]
    return {
        "subject": {"row": number, "text": "", "label": None}, "label": label, "confidence": chance,
        "probabilities": {label: chance, other: 1 - chance}, "correct": None,
    }  # fmt: skip


TWO = Reference(
    "The model says spam for message 300 (93%), and ham for message 412 (88%).",
    Facts({"operation": "compare", "left": row(300, "spam", 0.93), "right": row(412, "ham", 0.88)}, ("ham", "spam")),
    "en", ("message", "messages"),
)  # fmt: skip
REPLACED = Reference(
    "Replacing “free” by “paid” and “win” by “lose” would make it ham, with 61%. For it: the text is short. For it: it reads well.",
    Facts({"operation": "counterfactual", "pairs": [["free", "paid"], ["win", "lose"]], "label": "ham", "chance": 0.61}, ("ham", "spam")),
    "en", ("message", "messages"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("reference", "right", "wrong"),
    [
        (TWO, "300 is called spam at 93%, and 412 ham at 88%.", "300 is called ham at 93%, and 412 spam at 88%."),
        (
            TWO,
            "It is 93% spam for 300, while it goes with ham for 412.",
            "It is 93% spam for 412, while it goes with ham for 300.",
        ),
        (REPLACED, "With “paid” in place of “free” it is ham, 61%.", "With “free” in place of “paid” it is ham, 61%."),
        (REPLACED, "Two points are for it; it would be ham, with 61%.", "Seven points are for it; it would be ham, with 61%."),
    ],
)
def test_what_stands_for_what(reference, right, wrong):
    assert faults(right, reference) == ()
    assert faults(wrong, reference)


def test_a_source_belongs_to_the_sentence_before_it():
    facts = Facts({"operation": "ask", "passages": ["a", "b"], "marks": [1, 2, 3]})
    cited = Reference("A map shows where a model looks. [1]\nIt tells no reason for that. [2]\nLook twice. [3]", facts, "en", ())
    assert faults(cited.text.replace("\n", " "), cited) == ()
    assert faults(cited.text.replace("[3]", "[2]"), cited)
