"""A real server, `transformers serve`, with the embedded language model puts an answer in other words: what passes the check is
shown, and else the template's answer with a note."""

from __future__ import annotations

import pytest

from assistant.conversation import Conversation
from assistant.dialogue import Assistant
from assistant.grounding import Facts, ungrounded
from assistant.parsing.served import ServedChat
from assistant.saying.phrasing import Phrasing

pytestmark = pytest.mark.real
COMMAND = "/where id = 3 | predict"


@pytest.mark.parametrize("seconds", [240.0, 0.05], ids=["patient", "hasty"])
def test_an_answer_of_a_real_server_is_checked(real_server, assistant, seconds):
    endpoint, model = real_server
    workspace, chat = assistant.workspace, ServedChat(endpoint=endpoint, model=model, timeout=240.0)
    noun, labels = workspace.settings.data.noun, workspace.schema.labels
    plain = assistant.ask(COMMAND, Conversation()).reply.text
    phrased = Assistant(workspace, assistant.parser, phrasing=Phrasing(chat, labels, noun, seconds))
    turn = phrased.ask(COMMAND, Conversation())
    assert not turn.failed
    note = "(In my own words: the language model took too long.)" if seconds < 1 else "(In my own words:"
    if not (turn.reply.text.startswith(plain) and note in turn.reply.text):  # the model wrote what may be shown
        assert seconds > 1
        facts = Facts(turn.results[0].to_json(), tuple(labels))
        assert ungrounded(turn.reply.text, facts, "en", noun) == ()
