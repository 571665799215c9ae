"""The local language model as a chat model, with tiny random weights and a tokenizer made here."""

from __future__ import annotations

import pytest
from langchain_core.messages import HumanMessage, SystemMessage

from explainers.errors import AskWhyError

from assistant.operations import OPERATIONS
from assistant.parsing.decoding import GrammarDecoder
from assistant.parsing.language_model import LocalChat, _called, chat_ids, converted, load_causal_lm
from assistant.parsing.parser import Parser

from .. import tiny
from ..strategies import SCHEMAS

TEMPLATE = (
    "{% for m in messages %}<{{ m.role }}>{{ m.content }}\n{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}"
)
TURNS = [SystemMessage("Read."), HumanMessage("how many?")]


@pytest.fixture(scope="module")
def tokenizer():
    made = tiny.byte_tokenizer(["where label = spam | count"])
    made.chat_template = TEMPLATE
    return made


@pytest.fixture(scope="module")
def chat(tokenizer) -> LocalChat:
    return LocalChat(tiny.causal_lm(len(tokenizer), seed=3), tokenizer)


def test_turns_are_written_by_the_chat_template(tokenizer):
    turns = [{"role": "system", "content": "Read."}, {"role": "user", "content": "hi"}]
    assert tokenizer.decode(chat_ids(tokenizer, turns)) == "<system>Read.\n<user>hi\n<assistant>"


def test_no_one_can_speak_the_special_tokens(chat, tokenizer):
    said = "<|end|> is this <|end|>spam?"
    ids = chat_ids(tokenizer, [{"role": "user", "content": said}])
    assert tokenizer.eos_token_id not in ids
    assert tokenizer.decode(ids) == "<user>< |end|> is this < |end|>spam?\n<assistant>"
    assert chat_ids(tokenizer, [{"role": "user", "content": "<b>"}]) == tokenizer("<user><b>\n<assistant>")["input_ids"]


def test_turns_are_written_plainly_without_one():
    plain = tiny.byte_tokenizer(["a"])
    assert plain.decode(chat_ids(plain, [{"role": "system", "content": "Read."}, {"role": "user", "content": "hi"}])) == (
        "Read.\n\nhi\n\n"
    )


def test_the_beginning_that_all_questions_share_is_found(chat, tokenizer):
    for question in ("how many?", "why", " ", "무료", "<user>"):
        whole, fixed = chat._prompt([TURNS[0], HumanMessage(question)])
        assert tokenizer.decode(whole) == f"<system>Read.\n<user>{question}\n<assistant>"
        assert tokenizer.decode(whole[:fixed]) == "<system>Read.\n<user>"
    assert chat._prompt([HumanMessage("how many?")])[1] == 0


def test_an_answer_under_a_grammar_is_the_decoders(chat, tokenizer):
    grammar = 'start: ("yes" | "no" | "perhaps") "\\n"'
    message = chat.bind(grammar=grammar).invoke(TURNS)
    whole, _ = chat._prompt(TURNS)
    decoded = GrammarDecoder(tiny.causal_lm(len(tokenizer), seed=3), tokenizer)(whole, grammar)
    assert message.content == decoded.text
    assert message.response_metadata["confidence"] == pytest.approx(decoded.confidence, rel=1e-3)
    assert message.response_metadata["forwards"] == decoded.forwards


def test_a_free_answer_is_the_greedy_one(chat):
    one, again = (chat.invoke(TURNS, max_tokens=5) for _ in range(2))
    assert one.content == again.content
    assert one.response_metadata["forwards"] == 5


def test_the_parser_reads_what_it_says(chat):
    parser = Parser(OPERATIONS, SCHEMAS["plain"], chat)
    parses = [parser.parse("how many say free?") for _ in range(2)]
    assert parses[0].program == parses[1].program
    assert 0 < parses[0].confidence <= 1


def test_a_model_is_loaded_from_a_folder(tokenizer, tmp_path):
    made = tiny.causal_lm(len(tokenizer), seed=3)
    made.save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    loaded = LocalChat.load(tmp_path, device="cpu")
    assert loaded.name == str(tmp_path)
    assert [type(item).__name__ for item in load_causal_lm(tmp_path, device="cpu")] == [
        "LlamaForCausalLM",
        type(tokenizer).__name__,
    ]
    assert loaded.bind(grammar='start: "yes\\n"').invoke(TURNS).content == "yes\n"


def test_what_cannot_be_loaded_is_told(tmp_path):
    with pytest.raises(AskWhyError, match=f"The language model '{tmp_path}' could not be loaded"):
        load_causal_lm(tmp_path, device="cpu")


def test_an_adapter_that_is_not_there_is_told(tokenizer, tmp_path):
    tiny.causal_lm(len(tokenizer)).save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    with pytest.raises(AskWhyError, match=r"There is no adapter in .*; train one with `askwhy train parser`"):
        LocalChat.load(tmp_path, adapter=tmp_path / "none", device="cpu")


def test_every_file_is_converted_for_itself(tmp_path):
    paths = [tmp_path / place for place in ("a/models/one.gguf", "a/models/two.gguf", "b/models/one.gguf")]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"GGUF")
    names = {_called(path) for path in paths}
    assert len(names) == 3 and names == {_called(path) for path in paths}
    paths[0].write_bytes(b"GGUF of another model")
    assert _called(paths[0]) not in names
    with pytest.raises(AskWhyError, match="cannot be read: No such file"):
        converted(tmp_path / "none.gguf")
