"""Questions that are offered about what a visitor brought."""

from __future__ import annotations

import pytest

from assistant.bringing.inviting import invitations


@pytest.mark.parametrize(("first", "row"), [(7, "7"), ("A-17", '"A-17"'), ('a "b"', None)])
def test_the_first_row_is_named_as_its_id_is_written(first, row):
    why = invitations(("ticket", "tickets"), first, labelled=True)[2]
    assert why.ask == f"Why is ticket {first} classified so?"
    assert f"{first}" in why.ko.ask
    assert why.command == why.ko.command
    if row is not None:
        assert why.command == f"/where id = {row} | attribute"


def test_what_needs_labels_is_not_offered_without_them():
    offered = invitations(("ticket", "tickets"), 0, labelled=True)
    fewer = invitations(("ticket", "tickets"), 0, labelled=False)
    assert len(offered) == 4
    assert fewer == offered[2:]
