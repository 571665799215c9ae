"""The local language model: a causal LM of transformers behind LangChain's chat interface.

A GGUF file is converted once to safetensors in the cache folder, since reading it takes many times longer.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import PrivateAttr

from explainers.assets import cache_folder
from explainers.device import choose_device, has_fast_bf16
from explainers.errors import AskWhyError
from explainers.grouped import group_heads
from explainers.prepacked import prepack

from assistant.parsing.decoding import Decoded, GrammarDecoder
from assistant.parsing.opinion import Opinion

ROLES = {"system": "system", "human": "user", "ai": "assistant"}


class LocalChat(BaseChatModel):
    """A chat model that runs in this process. Bind `grammar=` (Lark, llguidance's dialect) to constrain its answer,
    and with it `others=` and `close=`, as `GrammarDecoder` takes them, for other answers that are nearly as likely, and
    `expected=` for answers as they may well be, which saves time.

    The answer's `response_metadata` holds `confidence`, `forwards` and `others`, as in `decoding.Decoded`.
    """

    name: str = "local"
    opinion: Any = None  # an Opinion of what questions ask for, where one was trained with the adapter
    vectors: Any = None  # what embeds words, where a sentence encoder is on this machine
    _model: Any = PrivateAttr()
    _tokenizer: Any = PrivateAttr()
    _decoder: GrammarDecoder = PrivateAttr()
    _lock: Any = PrivateAttr(default_factory=threading.Lock)

    def __init__(self, model: Any, tokenizer: Any, *, quick: bool = True, **values: Any) -> None:
        super().__init__(**values)
        self._model, self._tokenizer = prepack(group_heads(model.eval())) if quick else model.eval(), tokenizer
        self._decoder = GrammarDecoder(self._model, tokenizer, quick=quick)

    @classmethod
    def load(
        cls,
        path: str | Path,
        *,
        adapter: str | Path | None = None,
        device: str = "auto",
        quick: bool = True,
        vectors: Callable[[Sequence[str]], Any] | None = None,
    ) -> LocalChat:
        """A model from a folder, a hub name or a GGUF file, with a peft adapter merged in if one is named. `quick=False` works
        it out as transformers does, to compare with: slower, with the same result. `vectors` gives (texts, width) unit vectors,
        by which labels are found that a question names by other words.

        Raises AskWhyError when it cannot be loaded.
        """
        model, tokenizer = load_causal_lm(path, device=device)
        opinion = None
        if adapter is not None:
            opinion = Opinion.read(adapter)
            if not (Path(adapter) / "adapter_model.safetensors").exists():
                raise AskWhyError(f"There is no adapter in {adapter}; train one with `askwhy train parser`, or leave it out.")
            from peft import PeftModel

            dtype = model.dtype
            # merged in float32: the products are small beside the weights, and bfloat16 would lose part of them
            model = PeftModel.from_pretrained(model.float(), str(adapter)).merge_and_unload().to(dtype)
        return cls(model, tokenizer, quick=quick, name=str(path), opinion=opinion, vectors=vectors)

    @property
    def _llm_type(self) -> str:
        return "askwhy-local"

    def _generate(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: Any = None, **options: Any
    ) -> ChatResult:
        prompt, fixed = self._prompt(messages)
        with self._lock:
            if options.get("grammar"):
                wanted = {name: options[name] for name in ("others", "close", "expected") if name in options}
                decoded = self._decoder(prompt, options["grammar"], fixed=fixed, **wanted)
            else:
                decoded = self._free(prompt, int(options.get("max_tokens", 128)), options.get("seconds"))
        said = {name: getattr(decoded, name) for name in ("confidence", "forwards", "others")}
        message = AIMessage(content=decoded.text, response_metadata=said)
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _prompt(self, messages: Sequence[BaseMessage]) -> tuple[list[int], int]:
        """Token ids of the messages in the model's chat template, and how many of them the first message takes."""
        turns = [{"role": ROLES[message.type], "content": str(message.content)} for message in messages]
        whole = chat_ids(self._tokenizer, turns)
        if len(turns) < 2 or turns[0]["role"] != "system":
            return whole, 0
        other = chat_ids(self._tokenizer, [turns[0], {"role": "user", "content": "\0"}])
        same = next((place for place, pair in enumerate(zip(whole, other, strict=False)) if pair[0] != pair[1]), 0)
        return whole, same

    def _free(self, prompt: list[int], max_tokens: int, seconds: float | None = None) -> Decoded:
        import torch

        ids = torch.tensor([prompt], device=self._model.device)
        with torch.inference_mode():
            made = self._model.generate(
                ids, attention_mask=torch.ones_like(ids), max_new_tokens=max_tokens, do_sample=False, max_time=seconds,
                pad_token_id=self._tokenizer.eos_token_id,
            )  # fmt: skip
        new = made[0, len(prompt) :]
        return Decoded(self._tokenizer.decode(new, skip_special_tokens=True).strip(), 0.0, len(new))


def chat_ids(tokenizer: Any, turns: Sequence[dict[str, str]]) -> list[int]:
    """Token ids of a conversation up to where the assistant speaks, by the chat template or plainly without one.

    What a person says holds no special tokens: one that is spelt out, to end their turn say, is broken up by a space.
    A template that knows no system turn has it before the person's first words.
    """
    special = [str(token) for token in tokenizer.added_tokens_decoder.values() if token.special]
    for token in (token for token in special if len(token) > 1):
        broken = f"{token[0]} {token[1:]}"
        turns = [turn | {"content": turn["content"].replace(token, broken)} for turn in turns]
    if not tokenizer.chat_template:
        ids = tokenizer("\n\n".join(turn["content"] for turn in turns) + "\n\n")["input_ids"]
        return ids[:-1] if ids and ids[-1] == tokenizer.eos_token_id else ids  # some tokenizers end every text
    from jinja2.exceptions import TemplateError

    try:
        text = _templated(tokenizer, turns)
    except TemplateError:
        first, second, *rest = turns
        if (first["role"], second["role"]) != ("system", "user"):
            raise
        text = _templated(tokenizer, [second | {"content": f"{first['content']}\n\n{second['content']}"}, *rest])
    return tokenizer(text, add_special_tokens=False)["input_ids"]


def _templated(tokenizer: Any, turns: Sequence[dict[str, str]]) -> str:
    # templates of models that think before they answer leave that out; others do not know the word
    return tokenizer.apply_chat_template(list(turns), tokenize=False, add_generation_prompt=True, enable_thinking=False)


def load_causal_lm(path: str | Path, *, device: str = "auto", dtype: Any = None) -> tuple[Any, Any]:
    """A causal LM and its tokenizer; bfloat16 where that is fast. Raises AskWhyError when it cannot be loaded."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    device = choose_device(device)
    if dtype is None:
        dtype = torch.bfloat16 if has_fast_bf16(device) else torch.float32
    source = converted(Path(path)) if str(path).endswith(".gguf") else path
    try:
        tokenizer = AutoTokenizer.from_pretrained(source, trust_remote_code=False)
        model = AutoModelForCausalLM.from_pretrained(source, dtype=dtype, use_safetensors=True, trust_remote_code=False)
    except (OSError, ValueError, KeyError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise AskWhyError(f"The language model '{path}' could not be loaded: {reason[:200]}") from error
    if getattr(model, "_is_stateful", False):  # as transformers marks them: guesses could not be taken back
        raise AskWhyError(f"The language model '{path}' is recurrent, which cannot run here; choose another, or serve it.")
    if tokenizer.pad_token is None:  # training pads, and the loss leaves that out
        tokenizer.pad_token = tokenizer.eos_token
    return model.to(device), tokenizer


def _called(gguf: Path) -> str:
    """A name for what lies in a file: several may lie in folders of the same name, and a file may be replaced."""
    try:
        found = gguf.stat()
    except OSError as error:
        raise AskWhyError(f"The model file {gguf} cannot be read: {error.strerror}.") from error
    stamp = hashlib.sha256(f"{gguf.resolve()}\n{found.st_size}\n{found.st_mtime_ns}".encode("utf-8", "replace")).hexdigest()
    return f"{gguf.stem}-{stamp[:12]}"


def converted(gguf: Path) -> Path:
    """The folder with a GGUF file's model as safetensors; converted on the first call, and anew when the file is another one.

    Raises AskWhyError when it cannot be converted.
    """
    folder = cache_folder("converted") / _called(gguf)
    if (folder / "model.safetensors").exists():
        return folder
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    scratch = folder.with_suffix(f".part{os.getpid()}")
    options = {"gguf_file": gguf.name}
    try:
        AutoTokenizer.from_pretrained(gguf.parent, **options).save_pretrained(scratch)
        model = AutoModelForCausalLM.from_pretrained(
            gguf.parent, quantization_config=GgufConfig(dequantize=True), dtype=torch.bfloat16, **options
        )
        model.save_pretrained(scratch)
        shutil.rmtree(folder, ignore_errors=True)
        scratch.rename(folder)
    except (OSError, ValueError, RuntimeError) as error:
        raise AskWhyError(f"The model file {gguf.name} could not be converted: {str(error)[:160]}") from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return folder
