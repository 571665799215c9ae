"""Words of a question that tell what is asked for, whatever was read."""

from __future__ import annotations

import re
import time

import pytest

from assistant.operations import OPERATIONS
from assistant.parsing.checking import checking
from assistant.parsing.telling import told
from assistant.programs.reader import Language

from ..strategies import SCHEMAS

LANGUAGE = Language(OPERATIONS, SCHEMAS["plain"])


@pytest.mark.parametrize(
    ("question", "program", "wanted"),
    [
        # a typed text
        ('she wants it live. "two hours I never get back"', 'where text "two hours I never get back" | show',
         'where text "two hours I never get back" | predict'),
        ("the message is hi your results are back please ring the surgery", 'where text "hi your results are back" | predict',
         'where text "hi your results are back please ring the surgery" | predict'),
        ("is win a prize spam or not", 'where text "win a prize" | predict', 'where text "win a prize" | predict'),
        ('is "hi mum" spam and why', 'where text "hi mum" | predict', 'where text "hi mum" | predict'),
        ("hey mom can u send me 20 bucks 이건 어떰", "decline reason=out_of_scope",
         'where text "hey mom can u send me 20 bucks" | predict'),
        ("not bad at all 이건 뭐라고 해요", "predict", 'where text "not bad at all" | predict'),
        ("학생 문장도 해볼게요. I slept very well.", "repeat", 'where text "I slept very well." | predict'),
        ("IG baseline은 뭐예요", 'define term="IG baseline"', 'define term="IG baseline"'),
        ("이건 왜 spam이야", "attribute class=spam", "attribute class=spam"),
        ("Is sarcasm hard for you? Try: oh great, rain on my day off", "robustness kind=typo",
         'where text "oh great, rain on my day off" | predict'),
        ("ok another one, not bad at all, would watch again", 'where text "would watch again" | predict',
         'where text "not bad at all, would watch again" | predict'),
        ("What about these? Try: oh great", "robustness kind=typo", "robustness kind=typo"),
        ("Here's a sentence of mine: The band was loud.", 'where text "The band was loud." | attribute unit=sentence',
         'where text "The band was loud." | predict'),
        ("Now explain this sentence: The band was loud.", 'where text "The band was loud." | attribute unit=sentence',
         'where text "The band was loud." | attribute unit=sentence'),
        ("그거 AI는 스팸이래?", "where id = 3 | attribute class=spam", "where id = 3 | predict"),
        ("왜 스팸이래?", "where id = 3 | attribute class=spam", "where id = 3 | attribute class=spam"),
        ("그 단어를 다른 걸로 바꾸면 달라져?", 'edit kind=replace old="free" new="다른 걸"', "counterfactual"),
        ('replace free by "something else"', 'edit kind=replace old="free" new="something else"',
         'edit kind=replace old="free" new="something else"'),
        # two texts, and one of several
        ('which is kinder: "a slight but charming film" or "a charming but slight film"', "predict",
         'where text "a slight but charming film" | edit kind=rewrite new="a charming but slight film" | compare with=edit'),
        ('"a slight but charming film" and why? then "a charming but slight film"', "predict", "predict"),
        ("explain the shortest of those", "where previous | attribute",
         "where previous | show n=1 by=words order=ascending | attribute"),
        ("젤 자신있게 틀린거 하나만 설명해줘", "where correct = false | attribute",
         "where correct = false | show n=1 by=confidence | attribute"),
        ("explain the longest word", "attribute", "attribute"),
        ("why is the longest one spam", "where id = 3 | attribute", "where id = 3 | attribute"),
        # what there is
        ("how many are there, and what is the split of ham and spam?",
         "where label = spam or label = ham | count | statistics of=age", "count | statistics of=label"),
        ("split the spam or ham by words", "where label = spam or correct = true | count | statistics of=words",
         "where label = spam or correct = true | count | statistics of=words"),
        ("정상을 스팸으로 틀린 쪽이 더 많은가요?", "where label = ham and prediction = spam | count", "confusion"),
        ("I have to write an article, what can you do?", "decline reason=out_of_scope", "help"),
        ("기사를 써야 하는데 너 뭐할수있어?", 'ask question="기사를 써야 하는데"', "help"),
        # one of two words
        ("www나 http 들어 있는 건 몇 건", 'where text contains "www" and text contains "http" | count',
         'where text contains "www" or text contains "http" | count'),
        ("스팸 중 www나 http 있는 거", 'where label = spam and text contains "www" and text contains "http" | show',
         'where label = spam and (text contains "www" or text contains "http") | show'),
        ("www랑 http 다 있는 거", 'where text contains "www" and text contains "http" | show',
         'where text contains "www" and text contains "http" | show'),
        # no row
        ("does it fall for fr33 or w1n", "where id = 33 | adversarial", "adversarial"),
        ("why is msg33 spam", "where id = 33 | attribute", "where id = 33 | attribute"),
        ("the 33rd", "where id = 33 | show", "where id = 33 | show"),
        ("33번", "where id = 33 | show", "where id = 33 | show"),
        # how often it is right
        ("precision and recall", "where label = spam and prediction = ham | score metric=precision", "score metric=precision"),
        ("does it do better than 95 percent", "where confidence > 0.95 | score", "score"),
        ("how good when it is over 95 percent sure", "where confidence > 0.95 | score", "where confidence > 0.95 | score"),
        ("accuracy for ham", "where label = ham | score", "where label = ham | score"),
        ("how bad does it get with 10% char noise across the set", "where confidence > 0.1 | score", "robustness kind=typo"),
        ("misleading when most is ham. the recall for spam", "where label = ham | score metric=recall class=spam",
         "score metric=recall class=spam"),
        ("what share of those is spam", "score metric=recall class=spam", "where previous and label = spam | count"),
        ("what share of those do you find", "score metric=recall class=spam", "score metric=recall class=spam"),
        ("recall이 먼데", "score metric=recall", 'define term="recall"'),
        ("recall이 몇이야", "score metric=recall", "score metric=recall"),
        ("'반사실'이라는 말을 한 줄로 풀면요?", "rationalize", 'define term="반사실"'),
        ("'무지개'라는 말이 왜 나와", "attribute", "attribute"),
        ("of those which ones are FPs", "where previous and label = ham | show",
         "where previous and label = ham and correct = false | show"),
        ("FN만 따로", "where label = spam | show", "where label = spam and correct = false | show"),
        # a typed text that is none
        ("좋은 걸 나쁘다고 본 게 많아요", 'where text "좋은 걸 나쁘다고 본 게 많아요" | mistakes', "mistakes"),
        ('"URGENT: call me" 이런 건 예측해보죠', 'where text "URGENT: call me" | adversarial', 'where text "URGENT: call me" | predict'),
        ('"URGENT: call me" 이런 건?', 'where text "URGENT: call me" | similar', 'where text "URGENT: call me" | predict'),
        ('"URGENT: call me" 같은 거 찾아줘', 'where text "URGENT: call me" | similar', 'where text "URGENT: call me" | similar'),
        ("or let me write my own: the plot drags a bit", 'where text "plot" | edit kind=remove part=word',
         'where text "the plot drags a bit" | predict'),
        ("hmm, here's mine: the plot drags a bit", "predict", 'where text "the plot drags a bit" | predict'),
        ('"call me" 예측을 믿어도 되나', 'where text "call me" | trust', 'where text "call me" | trust'),
        ('"call me" and the words overall', 'where text "call me" | predict | important',
         'where text "call me" | predict | important'),
        ('what if the input is just "movie"', 'edit kind=append new="movie"', 'where text "movie" | predict'),
        ('what if it also said "movie"', 'edit kind=append new="movie"', 'edit kind=append new="movie"'),
        ("햄 스팸이 반반인가요?", "where label = ham and prediction = spam | show", "statistics of=label"),
        ("거기서 반대로 작용한 단어도 있어요?", "where id = 7 | interactions", "where id = 7 | attribute"),
        ("which words pull the other way", "interactions", "attribute"),
        ("which pairs work together", "interactions", "interactions"),
        # how unsure the model is
        ("가장 확신 없는 메시지 3개만", "where confidence < 0.3 | show n=3 by=confidence",
         "show n=3 by=confidence order=ascending"),
        ("the least sure of spam", "where label = spam | show", "where label = spam | show by=confidence order=ascending"),
        ("the least sure below 90%", "where confidence < 0.9 | show", "where confidence < 0.9 | show"),
        ("summarise the most important things you told me", "important", "report"),
        ("the most important words", "important", "important"),
        ("call 들어간 문자는 스팸이 몇 퍼센트예요?", 'where text contains "call" | likelihood class=spam',
         'where text contains "call" | statistics of=label'),
        ("how likely is spam for those with call", 'where text contains "call" | likelihood class=spam',
         'where text contains "call" | likelihood class=spam'),
        ("is it roughly half ham and half spam", "score by=label", "statistics of=label"),
        ("how good by label", "score by=label", "score by=label"),
        ("내 데이터로 다시 학습시킬 수 있어?", 'ask question="다시 학습시킬 수 있어"', "decline reason=unsupported"),
        ("acc 말고 spam 기준 precision recall f1 뽑아봐", "score metric=precision class=spam", "score class=spam"),
        ("precision and recall for spam", "score metric=precision class=spam", "score metric=precision class=spam"),
        ("스팸과 햄이 각각 얼마나 들어 있습니까?", "where label = spam and prediction = ham | count", "statistics of=label"),
        ("재현율이 뭐예요? 스팸은 얼마예요?", "score metric=recall class=spam", 'define term="recall" | score metric=recall class=spam'),
        ("스팸 재현율이 뭐예요?", "score metric=recall class=spam", "score metric=recall class=spam"),
        ("스팸이 전체의 몇 퍼센트예요?", "score metric=recall class=spam", "statistics of=label"),
        ("what percentage of the messages is spam", "score class=spam", "statistics of=label"),
        ("what percentage of the spam messages do you catch overall, so the recall", "score metric=recall class=spam",
         "score metric=recall class=spam"),
        ("what percentage of spam do you catch", "score metric=recall class=spam", "score metric=recall class=spam"),
        # as sure as it is right
        ("확률이 90%면 진짜 90% 맞는 거예요?", "where correct = true and confidence >= 0.9 | show", "calibration"),
        ("when it says 90% is it right 90% of the time", "where confidence >= 0.9 | score", "calibration"),
        ("how many above 90% and 95% are right", "where confidence >= 0.9 | count", "where confidence >= 0.9 | count"),
        # what it is worst at, and surest of
        ("what are you worst at?", "score by=label", "mistakes"),
        ("how good are you at worst", "score by=label", "score by=label"),
        ("give me one that it finds really spam", "where label = spam | show n=1",
         "where prediction = spam | show n=1 by=confidence"),
        ("is it really that many spam ones", "where label = spam | show", "where label = spam | show"),
        ("12번은 스팸으로 봤어요?", "where id = 12 | relabel to=spam", "where id = 12 | predict"),
        ("12번은 스팸으로 봐줘", "where id = 12 | relabel to=spam", "where id = 12 | relabel to=spam"),
        # one text, however it is read
        ('"엄마 나 폰 고장나서 이 번호로 연락줘" 이건 스팸이야?', 'where text "엄마 나 폰 고장나서 " | predict',
         'where text "엄마 나 폰 고장나서 이 번호로 연락줘" | predict'),
        ('does "call" matter in "please call me back now"', 'where text "call" | attribute', 'where text "call" | attribute'),
        ('how robust is "please call me back now"', 'where text "please call me back now" | robustness',
         'where text "please call me back now" | adversarial'),
        # what the model is
        ("how did you learn to do it", 'ask question="how did you learn to do it"', "model"),
        ("Hi! Is this the thing that reads film reviews?", "decline reason=out_of_scope", "model"),
        ("is this a thing", "decline reason=out_of_scope", "decline reason=out_of_scope"),
        # labels that may be wrong
        ("any label noise you'd bet on? top 8", "where previous | show n=8 by=confidence order=ascending",
         "where correct = false | show n=8 by=confidence"),
        ("라벨이 잘못 붙은 것도 있나", "where correct = false | show", "where correct = false | show by=confidence"),
        ("are the labels of 7 dubious", "where id = 7 | show", "where id = 7 | show"),
        ("정답을 잘못 매겨놓은 경우도 있을까요?", 'ask question="정답을 잘못 매겨놓은 경우도 있을까요"',
         "where correct = false | show by=confidence"),
        ("how can I spot wrong labels", 'ask question="how can I spot wrong labels"', 'ask question="how can I spot wrong labels"'),
        # classes
        ("how many messages are there, and how many of those are spam?", "where label = spam | count | show",
         "statistics of=label"),
        ("데이터는 몇 건이고 그중에 스팸이 얼마나 돼요?", "where label = spam | count | show", "statistics of=label"),
        ("how many are spam", "where label = spam | count", "where label = spam | count"),
        ("햄이 더 많아요 스팸이 더 많아요", "where label = ham | compare with=class:spam by=length", "statistics of=label"),
        ("햄을 더 많이 틀려?", "where label = ham | compare with=class:spam by=score",
         "where label = ham | compare with=class:spam by=score"),
        # a few
        ("스팸인데 햄이라고 한 거 다섯 개만요", "where label = spam and prediction = ham | count",
         "where label = spam and prediction = ham | show"),
        ("스팸이 몇 개야", "where label = spam | count", "where label = spam | count"),
        # the model, the page, the methods
        ("give us the 30 second version of what this model does", "decline reason=unsupported", "model"),
        ("Does it store what I type here? Our DPO will ask.", 'where text "Our DPO will ask." | predict',
         'ask question="Does it store what I type here? Our DPO will ask."'),
        ("내가 입력한 글이 저장되나요", "decline reason=unsupported", 'ask question="내가 입력한 글이 저장되나요"'),
        ("save what we said", "report", "report"),
        ("How do you work out how important a word is?", "attribute",
         'ask question="How do you work out how important a word is?"'),
        ("how important is free", "attribute", "attribute"),
        ("정확도랑 재현율이 어떻게 다른 건지", "score metric=accuracy | score metric=recall",
         'define term="accuracy" | define term="recall"'),
        ("정확도랑 재현율", "score metric=accuracy | score metric=recall", "score metric=accuracy | score metric=recall"),
        # words, not length
        ("the most spammy words ever, top 10", "where label = spam | show n=10 by=words", "important top=10 class=spam"),
        ("the longest spam, in words", "where label = spam | show n=1 by=words", "where label = spam | show n=1 by=words"),
        ("most words", "show n=1 by=words", "show n=1 by=words"),
        # a document
        ("wrap it up in something I can email her", "decline reason=unsupported", "report"),
        ("could you sum up what we looked at", "attribute", "report"),
        ("지금까지 한 거 정리해줘", "rationalize", "report"),
        ("sum up the plot", "decline reason=out_of_scope", "decline reason=out_of_scope"),
    ],
)  # fmt: skip
def test_what_words_tell(question, program, wanted):
    assert told(question, LANGUAGE.read(program), OPERATIONS).to_text(LANGUAGE.schema) == wanted


@pytest.mark.parametrize(
    "said", ["a", "가", "ㅋ", "1", '"', "a ", "가a", ". ", "sum up ", "how many ", "most words ", "change a to b "]
)
def test_no_expression_takes_long_for_the_longest_question(said):
    question = (said * 2000)[:2000]
    for name, expression in checking().items():
        started = time.perf_counter()
        re.search(expression.replace("{one}", "a").replace("{number}", "1"), question)
        assert time.perf_counter() - started < 2, name
