"""How long a person waits: `make bench`. Prints start-up, each operation's turn (parse and run apart), peak memory.

Timings are of this machine at this moment; the machine line says which. Start-up is measured in a process of its
own, from the command to the page's first answer, with everything already fetched and predicted.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import torch

from explainers.attribution import explain

from assistant.assemble import assistant_for
from assistant.conversation import Conversation

QUESTIONS = {
    "show": "Show me message {id}",
    "count": "How many messages are spam?",
    "predict": "What do you predict for message {id}?",
    "likelihood": "How likely is message {id} to be spam?",
    "score": "How good are you?",
    "attribute": "Why did you say that about message {id}?",
    "edit": "Add 'see you tomorrow' at the end of message {id}",
    "counterfactual": "What would change the prediction for message {id}?",
    "compare": "Compare message {id} and message 2",
    "trust": "Can I trust your explanation of message {id}?",
    "similar": "Show me messages similar to message {id}",
    "influence": "Which training messages made you decide that for message {id}?",
    "mistakes": "What do you usually get wrong?",
    "statistics": "How long are the messages on average?",
    "help": "What can you do?",
    "decline": "What will the weather be tomorrow?",
}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--turns", type=int, default=20)
    options.add_argument("--settings", default="sms")
    options.add_argument("--write", type=Path, help="also write the page of figures")
    given = options.parse_args()
    lines = list(measured(given.settings, given.turns))
    if given.write:
        given.write.write_text("\n".join(["# Measured", "", "Written by `make bench`.", "", *lines]) + "\n", "utf-8")


def measured(settings: str, turns: int) -> Iterator[str]:
    """The figures as lines of Markdown, printed as they come."""

    def told(line: str) -> str:
        print(line, flush=True)
        return line

    machine = f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, torch {torch.__version__}"
    yield told(f"Machine: {machine}. Demo: {settings}. Median of {turns} turns for each operation, in seconds.")
    yield told("")
    yield told(f"From the command to the page's first answer, warm: {start_seconds(settings):.1f} s.")
    yield told("")
    assistant = assistant_for(settings, lambda stage, share: None)
    assistant.workspace.probabilities()
    explain.cached = lambda key, compute, *coding: compute()  # explanations kept from an earlier run would flatter the turns
    assistant.ask(QUESTIONS["predict"].format(id=1), Conversation())  # the first turn fills the prompt's cache
    yield told("| operation | parse | run | turn | slowest turn | understood |")
    yield told("|---|---|---|---|---|---|")
    for name, question in QUESTIONS.items():
        parse, run, right = [], [], 0
        for number in range(turns):
            turn = assistant.ask(question.format(id=10 + 7 * number), Conversation())
            parse.append(turn.seconds["parse"])
            run.append(turn.seconds["run"])
            right += bool(turn.program) and [step.name for step in turn.program.steps] == [name]
        both = [first + second for first, second in zip(parse, run, strict=True)]
        medians = " | ".join(f"{statistics.median(values):.2f}" for values in (parse, run, both))
        yield told(f"| {name} | {medians} | {max(both):.2f} | {right} of {turns} |")
    yield told("")
    yield told(f"Peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB.")


def start_seconds(settings: str) -> float:
    """Seconds from starting the command until its page answers a request."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "assistant.cli", "serve", "--settings", settings, "--port", str(port)],
        stdout=subprocess.DEVNULL,
    )
    try:
        while process.poll() is None:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/config", timeout=2) as answer:
                    answer.read()
                    return time.perf_counter() - started
            except OSError:
                time.sleep(0.05)
        raise SystemExit("the page did not start")
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
