"""The kinds of argument: each writes what it reads, and refuses what it does not take."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainers.errors import AskWhyError

from assistant.programs.arguments import Choice, Count, Label, Ordinal, Partner, Place, Text, literal

from ..strategies import SCHEMAS, argument

KINDS = {
    "count": Count(1, 50), "choice": Choice(("word", "line")), "label": Label(), "text": Text(), "partner": Partner(),
    "place": Place(), "ordinal": Ordinal(("last", "all"), high=9),
}  # fmt: skip


@pytest.mark.parametrize("schema", ["plain", "odd"])
@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
@given(data=st.data())
def test_a_kind_reads_what_it_writes_and_takes_it(kind, schema, data):
    value = data.draw(argument(kind, SCHEMAS[schema]))
    assert kind.from_text(kind.to_text(value)) == value
    kind.check(value, SCHEMAS[schema])


REFUSED = [
    *[("count", value) for value in (0, 51, -1, 2.0, True, "3")],
    *[("choice", value) for value in ("words", "", 3, ["word"])],
    *[("label", value) for value in ("Spam", "", 1, {"a": 1})],
    *[("text", value) for value in (3, True, ["a"])],
    *[("partner", value) for value in ("row", {"row": "3"}, {"row": True}, {"row": 3, "x": 1}, {}, 3)],
    *[("ordinal", value) for value in (0, 10, "first", "2", True, [1], None)],
    *[("place", value) for value in ("middle", {"before": 3}, {"under": "x"}, {"before": "a", "after": "b"}, {}, 3)],
]


@pytest.mark.parametrize(("kind", "value"), REFUSED, ids=str)
def test_a_kind_refuses_what_it_does_not_take(kind, value):
    with pytest.raises(AskWhyError, match=r"takes .*[.?]$"):
        KINDS[kind].check(value, SCHEMAS["plain"])


def test_a_partner_is_of_the_kind_that_ids_are():
    Partner().check({"row": "A-3"}, SCHEMAS["odd"])
    with pytest.raises(AskWhyError):
        Partner().check({"row": 3}, SCHEMAS["odd"])


def test_a_label_error_names_the_nearest():
    with pytest.raises(AskWhyError, match="did you mean 'spam'"):
        Label().check("spm", SCHEMAS["plain"])


@given(st.text())
def test_a_literal_is_on_one_line(text):
    assert "\n" not in literal(text)
    assert literal(text)[0] == literal(text)[-1] == '"'
