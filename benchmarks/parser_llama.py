"""What llama.cpp would save: the embedded language model read and written by it, and by PyTorch, in turn.

`pip install xllamacpp` (llama.cpp, built), then `python -m benchmarks.parser_llama`. Both are asked what the parser asks of the
model: to read a question after a beginning that is kept, then to write a program, a token a pass, without a grammar. PyTorch has
the weights as the parser has them, llama.cpp as they are in the file, of four bits each. The parser seldom writes one token: a
pass of its checks those that it has guessed, so reading that many is measured too. What is found stands on the parser's page
once that is written (`make bench-parser`).
"""

from __future__ import annotations

import argparse
import copy
import json
import multiprocessing
import os
import statistics
import time
from pathlib import Path
from typing import Any

import torch

from assistant.assemble import fetch
from assistant.parsing.decoding import GUESS
from assistant.parsing.language_model import LocalChat
from assistant.resolver import Resolver
from assistant.settings import load_settings, settings_path
from benchmarks.parser import RESULTS, circumstances

REST = 0.5  # seconds in which the other's threads come to rest
PASSES = 6  # that the parser takes for a question, by and large
KEPT, READ, WRITTEN = 120, 60, 24  # tokens: of the beginning, of a question with what it is told, of a program
TEXT = "Once upon a time there was a model that sorted letters, and people came to ask it why it had sorted each of them so. "


class Torch:
    """The parser's own way: a kept state of the beginning, passes with logits of the last token only."""

    def __init__(self, path: str) -> None:
        chat = LocalChat.load(path)
        self.decoder, self.tokenizer = chat._decoder, chat._tokenizer

    def times(self, beginning: list[int], question: list[int]) -> dict[str, float]:
        """Seconds to read the question, to write a token, and to check one token with `GUESS` guessed ones."""
        cache = copy.deepcopy(self.decoder._start(beginning, time.monotonic() + 60)[0])
        reading = _seconds(lambda: self.decoder._forward(question, cache, keep=1))
        writing = [_seconds(lambda: self.decoder._forward(question[:1], cache, keep=1)) for _ in range(WRITTEN)]
        checking = [_seconds(lambda: self.decoder._forward(question[: GUESS + 1], cache, keep=GUESS + 1)) for _ in range(5)]
        return {"read": reading, "write": statistics.median(writing), "check": statistics.median(checking)}


class Llama:
    """llama.cpp's server in this process, with its own figures of how long it read and wrote."""

    def __init__(self, path: str, threads: int) -> None:
        import xllamacpp

        wanted = xllamacpp.CommonParams()
        wanted.model.path, wanted.n_ctx, wanted.n_parallel, wanted.n_gpu_layers = path, 2048, 1, 0
        wanted.cpuparams.n_threads = wanted.cpuparams_batch.n_threads = threads
        wanted.port = 0
        self.server = xllamacpp.Server(wanted)

    def times(self, beginning: list[int], question: list[int]) -> dict[str, float]:
        """Seconds to read the question, to write a token, and to check one token with `GUESS` guessed ones."""
        self._asked(beginning, 1)
        told = self._asked(beginning + question, WRITTEN)
        few = [self._read(beginning + question[:at], GUESS + 1) for at in range(20, 60, 8)]
        return {"read": told["prompt_ms"] / 1000, "write": told["predicted_per_token_ms"] / 1000, "check": statistics.median(few)}

    def _read(self, prompt: list[int], count: int) -> float:
        """Seconds to read the last `count` tokens of a prompt."""
        self._asked(prompt[:-count], 0)
        return self._asked(prompt, 0)["prompt_ms"] / 1000

    def _asked(self, prompt: list[int], count: int) -> dict[str, Any]:
        wanted = {"prompt": prompt, "n_predict": count, "temperature": 0, "cache_prompt": True, "ignore_eos": True}
        answer = self.server.handle_completions(wanted)
        return (json.loads(answer) if isinstance(answer, str) else answer)["timings"]


_llama: list[Llama] = []  # the one of a process


def _load(path: str, threads: int) -> None:
    _llama.append(Llama(path, threads))


def _times(beginning: list[int], question: list[int]) -> dict[str, float]:
    return _llama[0].times(beginning, question)


def _seconds(work: Any) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m benchmarks.parser_llama", description=__doc__.splitlines()[0])
    options.add_argument("--settings", default="sms", help="the settings file, or demo, whose language model is measured")
    options.add_argument("--rounds", type=int, default=15)
    options.add_argument("--results", type=Path, default=RESULTS)
    given = options.parse_args()
    load = round(os.getloadavg()[0], 1)
    path = settings_path(given.settings)
    settings = load_settings(path)
    fetch(settings, path)
    file = str(Resolver(path).path(settings.language_model.path))
    ours = Torch(file)
    # in a process of its own: its threads would keep PyTorch's from the cores, and the other way round
    alone = multiprocessing.get_context("spawn").Pool(1, initializer=_load, initargs=(file, torch.get_num_threads()))
    ids = ours.tokenizer(TEXT * 40)["input_ids"]
    told: dict[str, list[dict[str, float]]] = {"PyTorch": [], "llama.cpp": []}
    for turn in range(given.rounds + 1):
        question = ids[KEPT + turn * READ : KEPT + (turn + 1) * READ]
        for name, times in (("PyTorch", ours.times), ("llama.cpp", lambda *given: alone.apply(_times, given))):
            time.sleep(REST)
            found = times(ids[:KEPT], question)
            if turn:  # the first warms up
                told[name].append(found)
    alone.terminate()
    medians = {name: {key: statistics.median(one[key] for one in some) for key in some[0]} for name, some in told.items()}
    for name, found in medians.items():
        print(name, *(f"{key} {1000 * value:.1f} ms" for key, value in found.items()), sep="  ")
    ratios = {key: medians["PyTorch"][key] / medians["llama.cpp"][key] for key in medians["PyTorch"]}
    print(f"PyTorch takes {ratios['read']:.2f} times as long to read {READ} tokens, {ratios['write']:.2f} times to write one, "
          f"{ratios['check']:.2f} times to check {GUESS + 1}")  # fmt: skip
    kept = json.loads(given.results.read_text("utf-8")) if given.results.exists() else {}
    tokens = {"read": READ, "check": GUESS + 1}
    kept["llama"] = {"seconds": medians, "ratios": ratios, "tokens": tokens, "passes": PASSES, "run": circumstances(load)}
    given.results.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
