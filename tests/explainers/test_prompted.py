"""A language model with a prompt is a classifier like any other, and says what the language model says."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest
import torch

from explainers import METHODS, AskWhyError, Classifier, Material, attention, attribute, counterfactuals
from explainers.counterfactuals.lexicon import Lexicon
from explainers.features import head_features, layer_states
from explainers.generative import GenerativeModel, score
from explainers.learning import adapt
from explainers.prompted import load_prompted, prompted
from explainers.trust.randomised import randomised

from tests.explainers.architectures import GENERATIVE, build_generative
from tests.explainers.conftest import byte_tokenizer

PROMPT = "you call {text}\nnow here:"
LABELS = ("free", "home")
TEXTS = ("won free prize", "love", "call now, you won! you are here at home")


def classify(model: GenerativeModel, prompt: str = PROMPT, **options: object) -> Classifier:
    given = {"labels": LABELS, "chat": False, "name": model.name} | options
    return prompted(copy.deepcopy(model.model), model.tokenizer, prompt, **given)


@pytest.fixture(scope="module", params=GENERATIVE)
def model(request: pytest.FixtureRequest) -> GenerativeModel:
    room = "n_positions" if request.param == "gpt2" else "max_position_embeddings"
    return build_generative(request.param, chat=True, **{room: 128})


@pytest.fixture(scope="module")
def llama() -> GenerativeModel:
    return build_generative("llama", chat=True, max_position_embeddings=128)


@pytest.mark.parametrize("chat", [False, True])
def test_it_says_what_the_language_model_says(model: GenerativeModel, chat: bool) -> None:
    classifier = classify(model, chat=chat)
    found = classifier.forward([classifier.encode(text) for text in TEXTS]).log_softmax(-1).numpy()
    for text, chances in zip(TEXTS, found, strict=True):
        whole = model.prompt(PROMPT.replace("{text}", text), chat=chat)
        assert classifier.encode(text).ids == whole.ids
        said = np.array([score(model, whole, f" {word}").tokens[0].log_probability for word in LABELS])
        assert chances == pytest.approx(said - np.logaddexp.reduce(said), abs=2e-4)
    assert np.ptp(found[:, 0] - found[:, 1]) > 0.1


def test_a_batch_is_its_texts_one_by_one(model: GenerativeModel) -> None:
    classifier = classify(model)
    assert classifier.pads
    classifier.work.reset()
    together = classifier.forward([classifier.encode(text) for text in TEXTS])
    assert (classifier.work.forwards, classifier.work.rows) == (1, 3)  # rows of three lengths, padded
    apart = torch.cat([classifier.forward([classifier.encode(text)]) for text in TEXTS])
    assert torch.allclose(together, apart, atol=2e-5)


def test_the_prompts_tokens_are_not_the_texts(llama: GenerativeModel) -> None:
    for chat in (False, True):
        encoding = classify(llama, chat=chat).encode(" free call\n")
        own = [place for place, apart in zip(encoding.offsets, encoding.special, strict=True) if not apart]
        assert [" free call\n"[start:end] for start, end in own] == ["free", "call"]
        assert encoding.special.count(True) >= 5
    assert classify(llama).fingerprint == classify(llama).fingerprint != classify(llama, "you {text}\nnow here:").fingerprint
    nothing = classify(llama).encode("")
    assert all(nothing.special)


def test_spaces_and_bytes_are_read_as_the_whole_prompt_is() -> None:
    plain = build_generative("gpt2", n_positions=128, vocab_size=330, bos_token_id=0, eos_token_id=0)
    plain.tokenizer = byte_tokenizer(["<|endoftext|>"], eos_token="<|endoftext|>")
    classifier = classify(plain, "you: {text}\nnow: ")
    text = "free 👍 call"
    assert plain.tokenizer.decode(classifier.encode(text).ids) == "you: free 👍 call\nnow:"
    words = attribute(classifier, text, "free", method="occlusion", unit="word").pieces
    assert [piece.text for piece in words] == ["free", "👍", "call"]


PHRASES = {"free": "call now", "home": "call home you"}


@pytest.mark.parametrize("chat", [False, True])
def test_words_of_several_tokens_are_as_likely_as_the_language_model_has_them(model: GenerativeModel, chat: bool) -> None:
    for words in (PHRASES, {"free": "won", "home": "call home you"}):  # both of several tokens, and only one of them
        classifier = classify(model, chat=chat, verbalizers=words)
        found = classifier.forward([classifier.encode(text) for text in TEXTS]).numpy()
        for text, chances in zip(TEXTS, found, strict=True):
            whole = model.prompt(PROMPT.replace("{text}", text), chat=chat)
            said = [score(model, whole, f" {words[label]}") for label in LABELS]
            assert len(said[1].tokens) == 3
            assert chances == pytest.approx([one.log_probability for one in said], abs=5e-4)


def test_words_of_several_tokens_in_a_batch_and_behind_hidden_words(model: GenerativeModel) -> None:
    classifier = classify(model, verbalizers=PHRASES)
    encodings = [classifier.encode(text) for text in TEXTS]
    apart = torch.cat([classifier.forward([one]) for one in encodings])
    assert torch.allclose(classifier.forward(encodings), apart, atol=5e-5)
    encoding = encodings[2]
    kept = np.array(encoding.special)
    kept[np.flatnonzero(~kept)[::2]] = True
    ids = torch.tensor([encoding.ids])
    ids[0, ~torch.from_numpy(kept)] = classifier.tokenizer.pad_token_id
    for place, words in enumerate(PHRASES.values()):
        tokens = model.tokenizer.convert_tokens_to_ids(words.split())
        whole = torch.cat([ids, torch.tensor([tokens])], dim=1)
        mask = torch.cat([torch.from_numpy(kept).long(), torch.ones(len(tokens), dtype=torch.long)])[None]
        with torch.no_grad():
            logits = model.model(input_ids=whole, attention_mask=mask, position_ids=torch.arange(whole.shape[1])[None]).logits[0]
        chances = logits.log_softmax(-1)[len(kept) - 1 : -1].gather(1, torch.tensor(tokens)[:, None]).sum()
        assert classifier.forward([encoding], [kept])[0, place] == pytest.approx(float(chances), abs=2e-4)


def test_gradients_of_words_of_several_tokens(llama: GenerativeModel) -> None:
    """The gradient of their score, against a difference quotient."""
    classifier = classify(llama, verbalizers=PHRASES)
    encoding = classifier.encode(TEXTS[0])
    embeddings = classifier.embed(encoding)[0].requires_grad_()
    value = classifier.from_embeddings(embeddings, encoding)[0, 1]
    (slope,) = torch.autograd.grad(value, embeddings)
    step = torch.randn(embeddings.shape, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        ends = [classifier.from_embeddings(embeddings + way * 1e-2 * step, encoding)[0, 1] for way in (1, -1)]
    assert float((slope * step).sum()) == pytest.approx(float(ends[0] - ends[1]) / 2e-2, rel=0.05, abs=0.02)


@pytest.mark.parametrize("method", METHODS)
def test_methods_explain_words_of_several_tokens(llama: GenerativeModel, method: str) -> None:
    classifier = classify(llama, verbalizers=PHRASES)
    if method in ("layer_integrated_gradients", "grad_cam", "attention_rollout", "attention_x_gradient"):
        with pytest.raises(AskWhyError, match="look back past its layers"):
            attribute(classifier, TEXTS[2], "home", method=method, unit="word")
        return
    made = attribute(classifier, TEXTS[2], "home", method=method, unit="word")
    assert len(made.pieces) == 11 and np.ptp([piece.score for piece in made.pieces]) > 0
    if made.converged and made.baseline is not None:
        assert made.total == pytest.approx(made.value - made.baseline, abs=0.05 * abs(made.value - made.baseline) + 0.02)


def test_words_of_several_tokens_have_room_and_no_linear_layer(llama: GenerativeModel) -> None:
    classifier = classify(llama, verbalizers=PHRASES)
    assert classifier.max_tokens == classify(llama).max_tokens - 2
    assert classifier.encode("love " * 300).truncated and classifier.probabilities(["love " * 300]).shape == (1, 2)
    other = classify(llama, verbalizers=PHRASES | {"home": "call home free"})
    assert classify(llama, verbalizers=PHRASES).fingerprint == classifier.fingerprint != other.fingerprint
    with pytest.raises(AskWhyError, match="does not end in a linear layer"):
        head_features(classifier, TEXTS)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_explains_it(llama: GenerativeModel, method: str) -> None:
    classifier = classify(llama)
    made = attribute(classifier, TEXTS[2], "home", method=method, unit="word")
    assert len(made.pieces) == 11
    assert np.ptp([piece.score for piece in made.pieces]) > 0
    if made.converged and made.baseline is not None:
        assert made.total == pytest.approx(made.value - made.baseline, abs=0.05 * abs(made.value - made.baseline) + 0.02)


def test_a_word_that_is_hidden_is_hidden_from_the_language_model(model: GenerativeModel) -> None:
    classifier = classify(model)
    encoding = classifier.encode(TEXTS[0])
    kept = np.array(encoding.special)
    kept[np.flatnonzero(~kept)[1:]] = True  # all but the first word
    ids = torch.tensor([encoding.ids])
    ids[0, ~torch.from_numpy(kept)] = classifier.tokenizer.pad_token_id
    mask = torch.from_numpy(kept)[None].long()
    with torch.no_grad():
        logits = model.model(input_ids=ids, attention_mask=mask, position_ids=torch.arange(len(kept))[None]).logits[0, -1]
    words = [model.tokenizer.convert_tokens_to_ids(word) for word in LABELS]
    assert classifier.forward([encoding], [kept])[0] == pytest.approx(logits[words].numpy(), abs=1e-4)


def test_what_is_known_of_classifiers_holds_for_it(llama: GenerativeModel) -> None:
    classifier = classify(llama)
    text = TEXTS[2]
    layers = layer_states(classifier, [text])
    assert layers.shape == (1, 3, 16)
    seen = attention(classifier, text)
    assert (seen.layers, seen.heads, len(seen.pieces)) == (2, 2, 11)
    features = head_features(classifier, TEXTS)
    logits = features @ classifier.model.score.weight.numpy().T
    assert logits == pytest.approx(classifier.forward([classifier.encode(one) for one in TEXTS]).numpy(), abs=1e-4)
    label = classifier.labels[int(classifier.probabilities([text])[0].argmin())]
    learned = adapt(classifier, text, label, features)
    assert learned.after[classifier.index(label)] > learned.before[classifier.index(label)]
    assert learned.classifier.probabilities([text])[0] == pytest.approx(learned.after, abs=1e-4)
    assert not np.allclose(randomised(classifier, seed=1).probabilities([text]), classifier.probabilities([text]), atol=1e-3)


def test_counterfactuals_are_found(llama: GenerativeModel) -> None:
    classifier = classify(llama)
    lexicon = Lexicon.of(classifier, ["free", "won", "love", "home", "prize", "call", "now"])
    assert set(lexicon.words) == {"free", "won", "love", "home", "call", "now"}  # those of one token
    logits = classifier.forward([classifier.encode(f"{one} {other}") for one in lexicon.words for other in lexicon.words])
    classifier.model.score.bias = torch.nn.Parameter(-logits.median(dim=0).values)  # so that both classes are said
    text = TEXTS[2]
    label = classifier.labels[int(classifier.probabilities([text])[0].argmin())]
    found = counterfactuals(classifier, text, label, material=Material(lexicon=lexicon)).found
    assert found
    assert classifier.labels[int(classifier.probabilities([found[0].text])[0].argmax())] == label


def test_a_text_beyond_the_context_is_cut_but_not_the_prompt(llama: GenerativeModel) -> None:
    classifier = classify(llama)
    whole = classifier.encode("love " * 300)
    assert (len(whole.ids), whole.truncated) == (60, True)
    short = classifier.encode("love")
    marks = [token for token, apart in zip(whole.ids, whole.special, strict=True) if apart]
    assert marks == [token for token, apart in zip(short.ids, short.special, strict=True) if apart]
    assert len(classifier.windows("love " * 300)) > 2


def test_a_folder_is_loaded(tmp_path: Path, llama: GenerativeModel) -> None:
    llama.model.save_pretrained(tmp_path)
    llama.tokenizer.save_pretrained(tmp_path)
    loaded = load_prompted(tmp_path, PROMPT, LABELS, verbalizers={"home": "prize"}, chat=False, device="cpu", name="it")
    assert (loaded.name, loaded.labels) == ("it", LABELS)
    assert loaded.probabilities(TEXTS) == pytest.approx(
        classify(llama, verbalizers={"home": "prize"}).probabilities(TEXTS), abs=1e-5
    )
    assert not np.allclose(loaded.probabilities(TEXTS), classify(llama).probabilities(TEXTS), atol=1e-3)


def test_bad_input_gets_a_sentence(llama: GenerativeModel) -> None:
    bare = build_generative("gpt2")
    for sentence, call in {
        "has {text} 0 times": lambda: classify(llama, "call"),
        "has {text} 2 times": lambda: classify(llama, "{text} {text}"),
        "two labels or more": lambda: classify(llama, labels=("free",)),
        "one is how the other begins": lambda: classify(llama, verbalizers={"home": "free call"}),
        "are the same for": lambda: classify(llama, verbalizers={"home": "free"}),
        "no such label; did you mean 'free'": lambda: classify(llama, verbalizers={"fre": "x"}),
        "has no word": lambda: classify(llama, verbalizers={"free": " "}),
        "no chat template": lambda: classify(bare, chat=True),
        "shorten it": lambda: classify(llama, "free " * 200 + "{text}"),
        "no model folder": lambda: load_prompted(Path("nowhere"), PROMPT, LABELS),
    }.items():
        with pytest.raises(AskWhyError, match=sentence):
            call()


@pytest.mark.real
def test_the_embedded_model_is_asked() -> None:
    from explainers.assets import Assets

    from assistant.parsing.language_model import converted
    from assistant.settings import DEMOS, EMBEDDED

    folder = Assets(DEMOS / "assets.toml").path(EMBEDDED.removeprefix("asset:"))
    source = converted(next(folder.rglob("*.gguf")) if folder.is_dir() else folder)
    prompt = (
        "Message: Claim your free prize now.\nLabel: spam\n\nMessage: See you at home.\nLabel: ham\n\nMessage: {text}\nLabel:"
    )
    classifier = load_prompted(source, prompt, ("ham", "spam"), chat=False, device="cpu", name="it")
    texts = ["Free entry to win a prize! Text WIN to 80086 now", "Ok, see you tonight then", "k"]
    together = classifier.probabilities(texts)
    assert together == pytest.approx(np.concatenate([classifier.probabilities([text]) for text in texts]), abs=1e-3)
    assert together[0, 1] > together[1, 1]
    made = attribute(classifier, texts[0], "spam", method="occlusion", unit="word")
    assert "".join(piece.text for piece in made.pieces) == "".join(texts[0].split())
