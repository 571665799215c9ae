"""Templates filled: what a question says and what its program writes belong together, in both languages."""

from __future__ import annotations

import re

from assistant.learning.filling import fill
from assistant.learning.questions import Example, Family, worlds
from assistant.saying.korean import HANGUL, particle


def filled(program: str, question: str, source: str = "ko_test", *, noise: bool = False, rounds: int = 60) -> list[Example]:
    return list(fill([Family(program, (question,), source)], worlds(), rounds=rounds, seed=3, noise=noise))


def test_particles_fit_what_was_filled_in():
    for example in filled('edit kind=replace old="{word}" new="{word2}"', '"{word}"을/를 "{word2}"으로/로 바꾸면'):
        old, object_, new, to = re.fullmatch(r"\W(.+)\W(을|를) \W(.+)\W(으로|로) 바꾸면", example.question).groups()
        assert object_ == particle("을/를", old) and to == particle("으로/로", new)
        assert example.program == f'edit kind=replace old="{old}" new="{new}"'


def test_labels_are_said_in_korean_and_as_they_are_written():
    english = [e for e in filled("likelihood class={label}", "{label}", rounds=200) if e.schema.languages == ("en",)]
    spoken = sum(bool(HANGUL.search(example.question)) for example in english)
    assert len(english) / 4 < spoken < len(english) * 3 / 4
    assert not any(HANGUL.search(example.program) for example in english)


def test_what_is_copied_is_written_as_it_was_said():
    for example in filled('where text contains "{word}" | count', "{word} 들어간 거", noise=True):
        (copied,) = re.findall(r'"(.*)"', example.program)
        assert example.question.startswith(copied)


def test_numbers_are_said_as_koreans_say_them():
    said = {example.question: example.program for example in filled("show n={n}", "{n}개", rounds=300)}
    assert said["세개"] == said["3개"] == "show n=3"
    shares = {example.question for example in filled("where confidence > {conf} | show", "{conf}", rounds=300)}
    assert {"80%", "80퍼센트", "0.8"} <= shares


def test_methods_and_terms_have_korean_names_too():
    methods = {example.question: example.program for example in filled("attribute method={method}", "{method}", rounds=300)}
    assert methods["라임"] == methods["LIME"] == "attribute method=lime"
    terms = filled('define term="{term}"', "{term}", rounds=100)
    assert {bool(HANGUL.search(example.question)) for example in terms} == {True, False}
    assert all(example.program == f'define term="{example.question}"' for example in terms)


def test_questions_are_mostly_about_data_in_their_own_language_but_not_only():
    def share(source: str) -> float:
        made = filled("data", "{noun}", source, rounds=400)
        assert {example.language for example in made} == {"ko" if source.startswith("ko_") else "en"}
        return sum(example.schema.languages[0] == "ko" for example in made) / len(made)

    assert 0 < share("test") < 0.15
    assert 0.2 < share("ko_test") < 0.6


def test_an_english_question_has_no_korean_in_its_own_words():
    made = [e for e in filled("show n={n}", "show {n} {label} {nouns}", "test", noise=True) if e.schema.languages == ("en",)]
    assert made and not any(HANGUL.search(example.question) for example in made)


def test_who_writes_is_asked_without_labels_and_who_classifies_with_them():
    for example in filled("salience unit=line", "which lines made you write that?", "test"):
        assert example.schema.kind == "generator" and not example.schema.labels
    assert {e.schema.kind for e in filled("edit kind=remove part=example which=2", "drop shot 2", "test")} == {"generator"}
    assert {e.schema.kind for e in filled("where prediction = {label} | show", "the {label} ones", "test")} == {"classifier"}
    assert {e.schema.kind for e in filled("attribute", "why?", "test")} == {"classifier"}
    kinds = [e.schema.kind for e in filled("undo", "undo", "test", rounds=300)]
    assert 0 < kinds.count("generator") < len(kinds) / 4
