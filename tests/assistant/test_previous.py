"""What `previous` stands for: the condition that chose the rows before."""

from __future__ import annotations

import pytest

from explainers.errors import AskWhyError

from assistant.finding.rows import with_previous
from assistant.programs.conditions import And, Compare, Not, Or, Previous, Sample


def test_previous_stands_for_the_earlier_condition():
    earlier, other = Compare("id", "<", 9), Compare("label", "=", "ham")
    asked = Or((And((Previous(), other)), Not(Previous())))
    assert with_previous(asked, earlier) == Or((And((earlier, other)), Not(earlier)))
    both, either, sampled = And((earlier, other)), Or((earlier, other)), And((earlier, Sample(3)))
    assert with_previous(And((Previous(), asked.parts[1])), both) == And((earlier, other, Not(both)))
    assert with_previous(Or((other, Previous())), either) == Or((other, earlier, other))
    assert with_previous(Not(Previous()), Not(earlier)) == earlier
    assert with_previous(And((Previous(), other)), sampled) == And((sampled, other))
    assert with_previous(And((Previous(), other)), Sample(3)) == And((And((Sample(3),)), other))
    assert with_previous(other, None) == other
    assert with_previous(None, earlier) is None
    with pytest.raises(AskWhyError, match="no earlier selection"):
        with_previous(asked, None)


def test_selections_cannot_stand_on_each_other_for_ever():
    selection = Compare("id", "<", 9)
    with pytest.raises(AskWhyError, match="name the rows anew"):
        for count in range(100):
            selection = with_previous((And, Or)[count % 2]((Previous(), Compare("id", "=", count))), selection)
