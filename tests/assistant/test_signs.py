"""Signs that are called by their names."""

from __future__ import annotations

import pytest

from assistant.signs import with_signs


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("how many contain an exclamation mark", 'how many contain "!"'),
        ("and with three exclamation marks at the end", 'and with "!!!" at the end'),
        ("remove the Question Marks", 'remove the "?"'),
        ("put 2 dollar signs in front", 'put "$$" in front'),
        ("느낌표 들어간 문자", '"!" 들어간 문자'),
        ("끝에 느낌표 세 개 붙여봐", '끝에 "!!!" 붙여봐'),
        ("느낌표를 다 빼면?", '"!"를 다 빼면?'),
        ("물음표 하나만 넣어봐", '"?" 넣어봐'),
        # all punctuation, or none
        ("drop exclamation marks, commas, the lot", "drop exclamation marks, commas, the lot"),
        ("no exclamation marks and no question marks", "no exclamation marks and no question marks"),
        ("느낌표나 물음표 같은 문장 부호를 전부 지워줘", "느낌표나 물음표 같은 문장 부호를 전부 지워줘"),
        ('what if it said "exclamation mark"', 'what if it said "exclamation mark"'),
        ('/where text contains "question mark" | count', '/where text contains "question mark" | count'),
        ("question the mark", "question the mark"),
    ],
)
def test_signs_stand_for_their_names(question, meant):
    assert with_signs(question) == meant
