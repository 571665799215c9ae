"""Korean in templates: particles agree with the words before them, numerals with what is counted."""

from __future__ import annotations

import random
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.learning.questions import SLOT
from assistant.saying.korean import FINALS, HANGUL, final_sound, numeral, particle, sloppy

SYLLABLES = st.characters(min_codepoint=ord("가"), max_codepoint=ord("힣"))
PAIRS = ["은/는", "이/가", "을/를", "과/와", "으로/로", "이라/라", "이야/야", "이에요/예요", "이었/였"]

SOUNDS = {
    "스팸": "ㅁ", "무료": "", "서울": "ㄹ", "값": "ㅄ", "free!": "", "ham": "ㅁ", "spam": "ㅁ",
    "positive": "", "call": "ㄹ", "title": "ㄹ", "toxic": "ㄱ", "king": "ㅇ", "phone": "ㄴ", "time": "ㅁ", "great": "", "not": "ㅅ",
    "sports": "", "text": "", "LIME": "ㅁ", "IG": "", "ROC": "", "SVM": "ㅁ", "URL": "ㄹ", "ㅋㅋ": "ㄱ", "ㅠㅠ": "", "🙂": "", "": "",
    "café": "", "80%": "", "(무료)": "", "'쿠폰'": "ㄴ", "10": "ㅇ", "12": "", "0.7": "ㄹ", "A-17": "ㄹ", "LABEL_0": "ㅇ", "無料": "",
}  # fmt: skip


@pytest.mark.parametrize(("text", "sound"), SOUNDS.items(), ids=SOUNDS)
def test_how_words_end(text, sound):
    assert final_sound(text) == sound


@given(SYLLABLES)
def test_a_syllable_is_taken_apart_by_its_code_point(syllable):
    jamo = unicodedata.normalize("NFD", syllable)
    assert (final_sound(syllable) != "") == (len(jamo) == 3)
    if len(jamo) == 3:  # conjoining finals are numbered as the list is
        assert FINALS.index(final_sound(syllable)) == ord(jamo[2]) - 0x11A7


@given(st.text(SYLLABLES, min_size=1, max_size=5), st.sampled_from(PAIRS))
def test_a_particle_has_the_form_that_its_word_asks_for(word, pair):
    closed, opened = pair.split("/")
    sound = final_sound(word)
    vowel = not sound or (pair == "으로/로" and sound == "ㄹ")
    assert particle(pair, word) == (opened if vowel else closed)
    assert particle(f"{opened}/{closed}", word) == particle(pair, word)


@given(st.text(), st.text())
def test_any_words_have_a_particle_and_what_is_no_pair_stays(word, pair):
    assert particle("을/를", word) in ("을", "를")
    assert particle(f"x{pair}", word) == f"x{pair}"


FORMS = [
    ("이라는/라는", "쿠폰", "이라는"), ("이라는/라는", "무료", "라는"), ("이라/라고", "무료", "라고"), ("이라/라고", "쿠폰", "이라고"),
    ("이었/였어", "스팸", "이었어"), ("이었어/였어", "무료", "였어"), ("으로는/로는", "서울", "로는"), ("로/으로", "스팸", "으로"),
    ("이랑/랑", "무료", "랑"), ("이면/면", "스팸", "이면"), ("이에요/에요", "무료", "에요"), ("들은/는", "무료", "들은"),
    ("이나/나", "2", "나"), ("이어도/여도", "무료", "여도"), ("정상/스팸", "무료", "정상/스팸"), ("이/긍정", "무료", "이/긍정"),
]  # fmt: skip


@pytest.mark.parametrize(("pair", "word", "form"), FORMS)
def test_longer_endings_follow_the_same_rule(pair, word, form):
    assert particle(pair, word) == form


COUNTED = [
    ("{n}개만", 3, "세"), ("{n} 건", 4, "네"), ("상위 {n}단어", 2, "두"), ("{n}만 보여줘", 3, "셋"), ("상위 {n}", 5, "다섯"),
    ("top {n}", 3, "셋"), ("top{n}", 3, None), ("{n}위까지", 3, None), ("{n}개", 15, None), ("{n} {noun}", 2, None),
]  # fmt: skip


@pytest.mark.parametrize(("template", "number", "said"), COUNTED)
def test_native_numerals_agree_with_what_is_counted(template, number, said):
    assert numeral(template, "n", number) == said


TEMPLATES = st.lists(
    st.sampled_from(
        [
            "{id}번",
            "{noun}",
            "왜",
            "{label}이야?",
            '"{word}"을/를',
            "{text}",
            "id {id}",
            "빼면,",
            "{label}",
            "LIME으로",
            "{word2}",
        ]
    ),
    min_size=1,
    max_size=6,
).map(" ".join)


@given(TEMPLATES, st.integers(0, 50))
def test_haste_changes_no_slot_and_loses_no_letter(template, seed):
    hasty = sloppy(template, random.Random(seed))
    assert SLOT.findall(hasty) == SLOT.findall(template)
    letters = [re.sub(r"[^\w{}/]", "", said) for said in (template, hasty)]
    assert re.sub("[ㅋㅠㅎㅜ]+$", "", letters[1]) == letters[0]


@given(TEMPLATES, st.integers(0, 50))
def test_haste_runs_no_words_of_the_visitors_own_into_others(template, seed):
    hasty = sloppy(template, random.Random(seed))
    assert hasty.count("}{") == 0 or "}{" in template
    for left, right in re.findall(r"(\S?)\{text\}(\S?)", hasty):
        assert not HANGUL.match(left or " ") and (not right or right in "ㅋㅠㅎㅜ.?~")
