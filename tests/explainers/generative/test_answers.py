"""Prompts with and without a template, answers that are written or judged, and what else could have been said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
import transformers

from explainers import AskWhyError
from explainers.generative import (
    Alternatives,
    Answer,
    GenerativeModel,
    HeadAttention,
    LayerSalience,
    Salience,
    alternatives,
    generate,
    head_attention,
    layer_salience,
    read_prompts,
    salience,
    score,
)
from explainers.generative.tokens import decode
from explainers.units import Span

from tests.explainers.architectures import build_generative
from tests.explainers.conftest import byte_tokenizer
from tests.explainers.generative.conftest import PROMPT, TARGET


@pytest.fixture(scope="module")
def bytes_model() -> GenerativeModel:
    """GPT-2 as it is published: bytes, no template, no padding."""
    tokenizer = byte_tokenizer(["<|endoftext|>"], eos_token="<|endoftext|>")
    torch.manual_seed(5)
    config = transformers.GPT2Config(
        n_embd=16,
        n_layer=2,
        n_head=2,
        n_positions=64,
        vocab_size=len(tokenizer),
        initializer_range=0.4,
        bos_token_id=0,
        eos_token_id=0,
    )
    return GenerativeModel(transformers.GPT2LMHeadModel(config), tokenizer, name="bytes")


def test_a_greedy_answer_is_what_transformers_generates(model: GenerativeModel) -> None:
    prompt = model.prompt(PROMPT, chat=True)
    heard: list[str] = []
    made = generate(model, prompt, max_tokens=8, stream=heard.append)
    theirs = model.model.generate(torch.tensor([prompt.ids]), max_new_tokens=8, do_sample=False)[0, len(prompt.ids) :].tolist()
    assert list(made.ids) == [token for token in theirs if token not in model.ends]
    assert "".join(heard) == made.text
    assert {token.rank for token in made.tokens} == {1}
    again = score(model, prompt, made.text) if made.text.strip() else made
    if again.ids == made.ids:
        assert again.log_probability == pytest.approx(made.log_probability, abs=1e-3)


def test_sampling_follows_its_seed_and_can_be_cancelled(llama: GenerativeModel) -> None:
    drawn = [generate(llama, PROMPT, max_tokens=6, temperature=3.0, seed=seed).ids for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
    narrow = generate(llama, PROMPT, max_tokens=6, temperature=3.0, top_p=1e-9)
    assert narrow.ids == generate(llama, PROMPT, max_tokens=6).ids
    calls = iter([False, False, True])
    stopped = generate(llama, PROMPT, max_tokens=6, cancelled=lambda: next(calls))
    assert (stopped.stopped, len(stopped.tokens)) == ("cancelled", 2)

    def burst(piece: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        generate(llama, PROMPT, stream=burst)


def test_tokens_of_the_template_are_marked(llama: GenerativeModel) -> None:
    chat, bare = llama.prompt("  free call\n", chat=True), llama.prompt("  free call\n", chat=False)
    assert chat.chat and not bare.chat and not any(bare.scaffold)
    own = [place for place, apart in zip(chat.offsets, chat.scaffold, strict=True) if not apart]
    assert [chat.text[start:end] for start, end in own] == ["free", "call"]
    assert sum(chat.scaffold) == len(chat.ids) - 2
    assert chat.rendered.startswith("[CLS] user free call [SEP]")
    made = salience(llama, chat, score(llama, chat, "here"), unit="word", method="grad_l2", check=False)
    assert made.chat and made.scaffold > 0
    assert [segment.tokens for segment in made.segments] == [1, 1]


def test_log_probabilities_and_alternatives_are_the_models(model: GenerativeModel) -> None:
    prompt = model.prompt(PROMPT, chat=False)
    answer = score(model, prompt, TARGET)
    with torch.no_grad():
        logits = model.model(torch.tensor([[*prompt.ids, *answer.ids]])).logits[0].log_softmax(-1)
    for place, token in enumerate(answer.tokens):
        row = logits[len(prompt.ids) + place - 1]
        assert token.log_probability == pytest.approx(float(row[token.id]), abs=1e-5)
        assert token.rank == int((row > row[token.id]).sum()) + 1
        assert answer.text[token.start : token.end] == token.text
    found = alternatives(model, answer, Span(6, 10), count=4)
    assert (found.at, found.said.text) == (1, "free")
    assert [one.id for one in found.others] == logits[len(prompt.ids)].topk(4).indices.tolist()
    assert found.others[0].probability == pytest.approx(float(logits[len(prompt.ids)].max().exp()), abs=1e-5)


def test_a_character_of_several_tokens_is_shared(bytes_model: GenerativeModel) -> None:
    text = "free 👍 call"
    ids = bytes_model.tokenizer.encode(text)
    decoded, offsets = decode(bytes_model.tokenizer, ids)
    assert decoded == text
    assert {text[start:end] for start, end in offsets if start <= 5 < end} <= {"👍", " 👍"}
    assert max(end for _, end in offsets) == len(text)
    answer = score(bytes_model, "call now 👍", text)
    made = salience(bytes_model, answer.prompt, answer, "👍", unit="word", method="occlusion")
    assert "".join(segment.text for segment in made.segments) == "call now 👍"
    assert made.target.strip() == "👍"


def test_everything_goes_through_json(llama: GenerativeModel) -> None:
    answer = score(llama, PROMPT, TARGET)
    made = salience(llama, answer.prompt, answer, "free", unit="word", method="shapley_sampling", samples=40)
    facts = [
        (Answer, answer),
        (Salience, made),
        (Alternatives, alternatives(llama, answer)),
        (LayerSalience, layer_salience(llama, answer, unit="word")),
        (HeadAttention, head_attention(llama, answer, unit="word")),
    ]
    for kind, fact in facts:
        assert kind.from_dict(json.loads(json.dumps(fact.to_dict()))) == fact


def test_the_check_takes_the_top_segments_out(llama: GenerativeModel) -> None:
    answer = score(llama, PROMPT, TARGET)
    made = salience(llama, answer.prompt, answer, "free", unit="word", method="input_x_gradient", cache=True)
    falls = salience(llama, answer.prompt, answer, "free", unit="word", method="occlusion")
    by_occlusion = {place: segment.sum for place, segment in enumerate(falls.segments)}
    assert {one.segment: pytest.approx(one.change, abs=1e-4) for one in made.check.removed} == by_occlusion
    assert made.check.top == (max(range(len(made.segments)), key=lambda place: made.segments[place].sum),)
    assert made.check.together == pytest.approx(by_occlusion[made.check.top[0]], abs=1e-4)
    assert made.check.agreement == pytest.approx(falls.check.agreement)
    assert (made.check.compared, falls.check.compared) == ("occlusion", "input_x_gradient")
    again = salience(llama, answer.prompt, answer, "free", unit="word", method="input_x_gradient", cache=True)
    assert again == made
    assert abs(made.share(made.top(1)[0])) <= 1


def test_bad_input_gets_a_sentence(llama: GenerativeModel, bytes_model: GenerativeModel) -> None:
    answer = score(llama, PROMPT, TARGET)
    for sentence, call in {
        "prompt has .* tokens": lambda: llama.prompt("free " * 300),
        "have .* tokens together": lambda: score(llama, "free", "call " * 260),
        "prompt is empty": lambda: llama.prompt(" \n"),
        "target is empty": lambda: score(llama, "free", " "),
        "did you mean 'free'": lambda: salience(llama, answer.prompt, answer, "freex"),
        "no chat template": lambda: bytes_model.prompt("free", chat=True),
        "no method 'ig'": lambda: salience(llama, answer.prompt, answer, method="ig"),
        "no option": lambda: salience(llama, answer.prompt, answer, method="occlusion", steps=3),
        "no baseline": lambda: salience(llama, answer.prompt, answer, method="integrated_gradients", baseline="black"),
        "against itself": lambda: salience(llama, answer.prompt, answer, "free", against="free"),
        "no words to set": lambda: salience(llama, answer.prompt, answer, "free", against=" "),
        "has 3 tokens": lambda: alternatives(llama, answer, 9),
        "max_tokens": lambda: generate(llama, "free", max_tokens=0),
        "no number type": lambda: GenerativeModel.load("nowhere", dtype="int3"),
        "no model folder": lambda: GenerativeModel.load(Path("nowhere")),
        "could not be loaded": lambda: GenerativeModel.load("./nowhere"),
    }.items():
        with pytest.raises(AskWhyError, match=sentence):
            call()


def test_a_model_is_loaded_from_its_folder_only_if_it_can_write(tmp_path: Path) -> None:
    made = build_generative("gpt2", chat=True)
    made.model.save_pretrained(tmp_path / "good")
    made.tokenizer.save_pretrained(tmp_path / "good")
    loaded = GenerativeModel.load(tmp_path / "good", device="cpu")
    assert loaded.fingerprint == GenerativeModel.load(tmp_path / "good", device="cpu").fingerprint
    assert loaded.has_chat
    assert score(loaded, PROMPT, TARGET).log_probability == pytest.approx(score(made, PROMPT, TARGET).log_probability, abs=1e-4)
    transformers.T5Config(d_model=16).save_pretrained(tmp_path / "t5")
    with pytest.raises(AskWhyError, match="encoder-decoder model .t5.*causal language models are supported"):
        GenerativeModel.load(tmp_path / "t5")
    with pytest.raises(AskWhyError, match="encoder-decoder model .t5."):  # one that is loaded already
        GenerativeModel(
            transformers.T5ForConditionalGeneration(
                transformers.T5Config(d_model=16, d_kv=8, d_ff=24, num_layers=1, num_heads=2, vocab_size=9)
            ),
            made.tokenizer,
            name="it",
        )
    build_generative("qwen2").model.model.save_pretrained(tmp_path / "headless")  # its head is not its embeddings
    made.tokenizer.save_pretrained(tmp_path / "headless")
    with pytest.raises(AskWhyError, match="no weights for lm_head"):
        GenerativeModel.load(tmp_path / "headless")


def test_prompts_are_read_from_lines(tmp_path: Path) -> None:
    file = tmp_path / "prompts.jsonl"
    file.write_text('{"prompt": "a", "target": "b"}\n\n{"prompt": "c", "name": "third"}\n', "utf-8")
    assert [(row.prompt, row.target, row.name) for row in read_prompts(file)] == [("a", "b", None), ("c", None, "third")]
    for content, sentence in (
        ("{", "line 1 is not JSON"),
        ('{"p": 1}', "has no `prompt`"),
        ("", "no prompts"),
        ('{"prompt": "a", "target": 3}', "no text"),
    ):
        file.write_text(content, "utf-8")
        with pytest.raises(AskWhyError, match=sentence):
            read_prompts(file)
    with pytest.raises(AskWhyError, match="could not be read"):
        read_prompts(tmp_path / "none.jsonl")


def test_a_damaged_model_writes_nothing():
    model = build_generative("llama")
    model.model.lm_head.weight.data.fill_(float("nan"))
    for temperature in (0.0, 1.0):
        with pytest.raises(AskWhyError, match="not a number"):
            generate(model, "you won", temperature=temperature)


def test_a_temperature_next_to_zero_is_the_likeliest_token(llama):
    coldest = generate(llama, "you won", max_tokens=4, temperature=1e-42)
    assert coldest.text == generate(llama, "you won", max_tokens=4).text


def test_prompts_may_hold_other_signs_that_end_a_line(tmp_path):
    (tmp_path / "prompts.jsonl").write_text('{"prompt": "one\u2028two"}\r\n{"prompt": "three"}\n', "utf-8")
    assert [row.prompt for row in read_prompts(tmp_path / "prompts.jsonl")] == ["one\u2028two", "three"]
