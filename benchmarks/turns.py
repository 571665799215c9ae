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

import torch

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
    "help": "What can you do?",
    "decline": "What will the weather be tomorrow?",
}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--turns", type=int, default=20)
    options.add_argument("--settings", default="sms")
    given = options.parse_args()
    load = os.getloadavg()[0]
    machine = f"{platform.machine()}, {os.cpu_count()} cores, load {load:.1f}, torch {torch.__version__}"
    print(f"machine: {machine}, {given.turns} turns each")
    print(f"start to first answer of the page: {start_seconds(given.settings):.1f} s")
    assistant = assistant_for(given.settings, lambda stage, share: None)
    assistant.workspace.probabilities()
    print(f"{'operation':16}{'parse s':>9}{'run s':>9}{'turn s':>9}{'worst s':>9}   understood")
    for name, question in QUESTIONS.items():
        parse, run, right = [], [], 0
        for number in range(given.turns):
            turn = assistant.ask(question.format(id=10 + 7 * number), Conversation())
            parse.append(turn.seconds["parse"])
            run.append(turn.seconds["run"])
            right += bool(turn.program) and [step.name for step in turn.program.steps] == [name]
        both = [first + second for first, second in zip(parse, run, strict=True)]
        figures = (statistics.median(parse), statistics.median(run), statistics.median(both), max(both))
        print(f"{name:16}" + "".join(f"{figure:9.2f}" for figure in figures) + f"   {right} of {given.turns}")
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")


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
