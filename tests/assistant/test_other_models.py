"""Other language models than the embedded one: families of models, with and without an adapter, by the settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from transformers import Gemma3ForCausalLM, Gemma3TextConfig, MambaConfig, MambaForCausalLM, Qwen2Config, Qwen2ForCausalLM

from explainers.errors import AskWhyError

from assistant import assemble
from assistant.assemble import chat_for
from assistant.learning import training
from assistant.learning.corrections import Corrections
from assistant.learning.filling import fill
from assistant.learning.questions import split
from assistant.learning.train import BESIDE, train_parser_command
from assistant.operations import OPERATIONS
from assistant.parsing.decoding import GrammarDecoder
from assistant.parsing.few_shot import FewShotChat
from assistant.parsing.language_model import LocalChat, chat_ids, load_causal_lm
from assistant.parsing.parser import Parser
from assistant.parsing.served import ServedChat
from assistant.programs.reader import Language

from . import tiny
from .strategies import SCHEMAS

SIZES = {
    "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 1,
    "max_position_embeddings": 4096,
}  # fmt: skip
CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% if enable_thinking is false %}<think></think>{% endif %}{% endif %}"
)
NO_SYSTEM = (
    "{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
    "{% for m in messages %}<start>{{ 'model' if m.role == 'assistant' else m.role }}\n{{ m.content }}<end>\n{% endfor %}"
    "{% if add_generation_prompt %}<start>model\n{% endif %}"
)
TURNS = [{"role": "system", "content": "Read."}, {"role": "user", "content": "why?"}]


def tokenizer(template: str | None) -> Any:
    made = tiny.byte_tokenizer(["where label = spam | count"])
    made.chat_template = template
    return made


def qwen(vocabulary: int) -> Any:
    return Qwen2ForCausalLM(Qwen2Config(vocab_size=vocabulary, **SIZES))


def gemma(vocabulary: int, **more: Any) -> Any:
    layers = ["sliding_attention", "full_attention"]
    return Gemma3ForCausalLM(
        Gemma3TextConfig(vocab_size=vocabulary, head_dim=16, sliding_window=16, layer_types=layers, **SIZES, **more)
    )


BASES = {"qwen": (qwen, CHATML), "gemma": (gemma, NO_SYSTEM)}


@pytest.fixture(scope="module", params=BASES)
def base(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny model of a family."""
    make, template = BASES[request.param]
    folder = tmp_path_factory.mktemp(request.param)
    words = tokenizer(template)
    torch.manual_seed(1)
    make(len(words)).save_pretrained(folder / "base")
    words.save_pretrained(folder / "base")
    return folder / "base"


def settings_for(base: Path, language_model: str) -> str:
    path = base.parent / "askwhy.toml"
    path.write_text(f'[[models]]\npath = "classifier"\n[data]\npath = "rows.csv"\n[language_model]\n{language_model}\n', "utf-8")
    return str(path)


def test_a_template_without_a_system_turn_has_it_before_the_question():
    words = tokenizer(NO_SYSTEM)
    assert words.decode(chat_ids(words, TURNS)) == "<start>user\nRead.\n\nwhy?<end>\n<start>model\n"
    shown = [TURNS[0], {"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}, TURNS[1]]
    assert words.decode(chat_ids(words, shown)) == (
        "<start>user\nRead.\n\na<end>\n<start>model\nb<end>\n<start>user\nwhy?<end>\n<start>model\n"
    )


def test_a_template_that_lets_the_model_think_is_told_not_to():
    words = tokenizer(CHATML)
    assert words.decode(chat_ids(words, TURNS)).endswith("<|im_start|>assistant\n<think></think>")


def test_a_window_of_attention_changes_nothing():
    """Guesses are taken back where a sliding window has long been passed."""
    words = tokenizer(None)
    torch.manual_seed(1)
    model = gemma(len(words), tie_word_embeddings=False).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() > 1:  # large enough that the answer varies, and guesses go wrong
                parameter.normal_(0, parameter.shape[1] ** -0.5)
    prompt = words("say QXQXQXQXQXZQXQXQXZZZZQXQX then stop")["input_ids"]
    decoded = GrammarDecoder(model, words)(prompt, 'start: ("Q" | "X" | "Z"){40} "\\n"', fixed=5)
    assert len(set(decoded.text)) > 2
    letters = words("QXZ")["input_ids"]
    written = words(decoded.text)["input_ids"][:40]
    with torch.inference_mode():
        logits = model(torch.tensor([prompt + written])).logits[0, len(prompt) - 1 : -1]
    assert written == [letters[place] for place in logits[:, letters].argmax(dim=-1)]


def test_one_line_names_another_model_which_is_shown_examples(base):
    chat = chat_for(settings_for(base, 'path = "base"'))
    assert isinstance(chat, FewShotChat)
    for question in ("how many are spam?", "스팸이 몇 개야?"):
        parse = Parser(OPERATIONS, SCHEMAS["plain"], chat).parse(question)
        parse.program.check(SCHEMAS["plain"])
        assert 0 < parse.likelihood <= 1


def test_the_same_command_trains_an_adapter_for_it(base, monkeypatch):
    families, _, worlds, _ = split()
    examples = list(fill(families[:6], worlds[:2], rounds=1, seed=1, noise=False))[:24]
    monkeypatch.setattr(training, "training_examples", lambda *_: examples)
    name = settings_for(base, 'path = "base"\nadapter = "adapter"')
    with pytest.raises(AskWhyError, match="There is no adapter in .*; train one with `askwhy train parser`"):
        chat_for(name)
    train_parser_command(name, output=None, resume=False, only_measure=False, most=2)
    assert (base.parent / "adapter" / "adapter_model.safetensors").exists()
    chat = chat_for(name)
    assert isinstance(chat, LocalChat)
    Parser(OPERATIONS, SCHEMAS["plain"], chat).parse("how many are spam?").program.check(SCHEMAS["plain"])


def test_corrections_are_learnt_from_the_adapter_that_there_is(base, monkeypatch):
    families, _, worlds, _ = split()
    examples = list(fill(families[:6], worlds[:2], rounds=1, seed=1, noise=False))[:24]
    shares = []

    def few(plan: Any, corrections: Any = (), misread: Any = ()) -> list[Any]:
        shares.append(plan.replay)
        return [*examples, *corrections]

    monkeypatch.setattr(training, "training_examples", few)
    name = settings_for(base, 'path = "base"\nadapter = "again"')
    path = Path(name)
    path.write_text(f'corrections = "kept"\n{path.read_text("utf-8")}', "utf-8")
    learnt = {"output": None, "resume": False, "only_measure": False, "most": 2}
    with pytest.raises(AskWhyError, match="There are no corrections in .* yet"):
        train_parser_command(name, **learnt, with_corrections=True)
    schema = SCHEMAS["plain"]
    said = Language(OPERATIONS, schema).read("where label = spam | count")
    assert Corrections(base.parent / "kept").keep("tally the junk", schema, said)
    train_parser_command(name, **learnt)
    before = load_file(base.parent / "again" / "adapter_model.safetensors")
    started = []
    real = training._go_on_from
    monkeypatch.setattr(training, "_go_on_from", lambda model, folder: (started.append(folder), real(model, folder)))
    train_parser_command(name, **learnt, with_corrections=True)
    after = load_file(base.parent / "again" / "adapter_model.safetensors")
    assert started == [base.parent / "again"] and shares == [1.0, 1.0, BESIDE, 1.0]  # the second opinion learns all questions
    assert any(not torch.equal(before[key], after[key]) for key in before)


def test_a_served_model_loads_and_fetches_nothing(base, monkeypatch):
    monkeypatch.setattr(assemble.LocalChat, "load", lambda *_, **__: pytest.fail("a model was loaded"))
    monkeypatch.setenv("MY_KEY", "sk-1")
    name = settings_for(base, 'endpoint = "http://127.0.0.1:1/v1"\nmodel = "m"\napi_key_env = "MY_KEY"\ntimeout = 5')
    chat = chat_for(name)
    assert isinstance(chat, ServedChat)
    assert (chat.endpoint, chat.model, chat.timeout, chat.key_name) == ("http://127.0.0.1:1/v1", "m", 5.0, "MY_KEY")
    with pytest.raises(AskWhyError, match="a served language model is not trained here"):
        train_parser_command(name, output=base.parent / "x", resume=False, only_measure=False)
    monkeypatch.delenv("MY_KEY")
    with pytest.raises(AskWhyError, match="The environment variable MY_KEY, named by"):
        chat_for(name)


def test_a_recurrent_model_is_refused(tmp_path):
    words = tokenizer(None)
    MambaForCausalLM(MambaConfig(vocab_size=len(words), hidden_size=16, num_hidden_layers=1, state_size=4)).save_pretrained(
        tmp_path
    )
    words.save_pretrained(tmp_path)
    with pytest.raises(AskWhyError, match="is recurrent, which cannot run here; choose another, or serve it"):
        load_causal_lm(tmp_path, device="cpu")


def test_a_tokenizer_without_padding_gets_some(tmp_path):
    words = tokenizer(None)
    words.pad_token = None
    tiny.causal_lm(len(words)).save_pretrained(tmp_path)
    words.save_pretrained(tmp_path)
    assert load_causal_lm(tmp_path, device="cpu")[1].pad_token == "<|end|>"
