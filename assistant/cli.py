"""The `askwhy` command. Exit code 0, or 2 with one sentence on standard error."""

from __future__ import annotations

import argparse
import json
import os
import sys
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from explainers.errors import AskWhyError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the page when none is named."""
    parser = _parser()
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or (given[0].startswith("-") and given[0] not in ("-h", "--help")):
        given = ["serve", *given]
    _quiet_libraries()
    try:
        options = parser.parse_args(given)
        options.run(options)
    except AskWhyError as error:
        from assistant.showing.terminal import printable

        print(f"askwhy: {printable(str(error))}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader of our output has enough, as `head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        print("askwhy: stopped.", file=sys.stderr)
        return 2
    return 0


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:
        raise AskWhyError(f"{message}; see `{self.prog} --help`.")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="askwhy", description="Ask a text classifier or a language model why.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)

    def command(name: str, run: Callable[[argparse.Namespace], None], about: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=about, description=about)
        made.set_defaults(run=run)
        return made

    def settings(made: argparse.ArgumentParser) -> None:
        made.add_argument("--settings", metavar="FILE", help="a settings file, or a demo's name; ./askwhy.toml by default")

    serve = command("serve", _serve, "Serve the page (the default command).")
    settings(serve)
    serve.add_argument("--port", type=_port, help="instead of the settings' port")
    ask = command("ask", _ask, "Hold one conversation without a page.")
    ask.add_argument("questions", nargs="+", metavar="QUESTION", help="a question, then its follow-ups")
    settings(ask)
    ask.add_argument("--json", action="store_true", help="one JSON object a turn")
    ask.add_argument("--report", type=Path, metavar="FILE", help="write a report of it in the end: .html, .md or .json")
    replay = command("replay", _replay, "Run a report's commands again and tell whether the figures are the same.")
    replay.add_argument("report", type=Path, metavar="REPORT.json")
    settings(replay)
    replay.add_argument("--json", action="store_true", help="one JSON object a command")
    parse = command("parse", _parse, "Turn questions into programs; no classifier is loaded.")
    parse.add_argument("--schema", required=True, type=Path, metavar="SCHEMA.json")
    parse.add_argument("--input", required=True, type=Path, metavar="QUESTIONS.jsonl", help='lines of {"text": question}')
    settings(parse)
    operations = command("operations", _operations, "List what can be asked.")
    operations.add_argument("--json", action="store_true", help="names, arguments, types, docs and examples")
    setup = command("setup", _setup, "Fetch the embedded models and data, and predict every row, once.")
    settings(setup)
    setup.add_argument("--repair", action="store_true", help="fetch again what is missing or corrupt")
    train = command("train", _train, "Train a demo's classifier, or the parser.")
    train.add_argument("what", choices=("classifier", "parser"))
    settings(train)
    train.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    train.add_argument("--start", type=Path, help="train the parser on from the adapter in this folder")
    train.add_argument(
        "--focus", nargs="+", default=(), metavar="FILE", help="learn these question files whole, and a tenth of the others"
    )
    train.add_argument(
        "--misread", action="store_true", help="learn what the adapter in --start misreads, and little of what it knows"
    )
    train.add_argument("--output", type=Path, help="the folder to write instead of the one in the settings")
    train.add_argument("--measure", action="store_true", help="only measure what is trained, and write its card anew")
    train.add_argument("--questions", type=int, default=0, help="measure the parser on so many held-out questions only")
    train.add_argument(
        "--with-corrections", action="store_true", help="train the parser on with visitors' corrections, in minutes"
    )
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"'{text}' is not a port, which is a whole number from 1 to 65535")
    return int(text)


def _quiet_libraries() -> None:
    """Libraries' warnings are not for the people who use this; errors still come through."""
    for category in (FutureWarning, UserWarning, DeprecationWarning):
        warnings.filterwarnings("ignore", category=category)


def _serve(options: argparse.Namespace) -> None:
    from assistant.serve import serve

    serve(options.settings, options.port)


def _ask(options: argparse.Namespace) -> None:
    from assistant.assemble import assistant_for
    from assistant.conversation import Conversation
    from assistant.keeping import own_folder, put
    from assistant.report.files import save, suffix
    from assistant.showing.terminal import Progress, draw, printable

    if options.report is not None:
        suffix(options.report)
    progress, folder = Progress(), cache(own_folder)
    assistant = assistant_for(options.settings, progress)
    conversation = Conversation()
    for question in options.questions:
        turn = assistant.ask(question, conversation, progress)
        turn = replace(turn, reply=put(turn.reply, folder))
        progress.clear()
        conversation = turn.conversation
        if options.json:
            print(json.dumps(turn.to_json(), ensure_ascii=False, default=str), flush=True)
        else:
            understood = f"   [{turn.understood}]" if turn.understood else ""
            print(f"> {printable(question)}{understood}\n\n{draw(turn.reply)}\n", flush=True)
    if options.report is not None:
        save(conversation, assistant.workspace, options.report)


def _replay(options: argparse.Namespace) -> None:
    from assistant.assemble import assistant_for
    from assistant.report.replay import read, replay
    from assistant.showing.terminal import Progress, replayed

    recorded = read(options.report)
    progress = Progress()
    assistant = assistant_for(options.settings or recorded.settings(), progress)
    kinds = []
    for number, item in enumerate(replay(recorded, assistant, progress), 1):
        progress.clear()
        kinds.append(item.kind)
        print(json.dumps(item.to_json(), ensure_ascii=False) if options.json else replayed(number, item), flush=True)
    other = sum(kind in ("changed", "failed") for kind in kinds)
    if other:
        raise AskWhyError(f"{other} of {len(kinds)} answers have other figures than the report.")


def _parse(options: argparse.Namespace) -> None:
    from assistant.assemble import parser_for
    from assistant.parsing.batch import parse_lines
    from assistant.programs.schema import Schema

    schema = Schema.read(options.schema)
    try:
        lines = options.input.read_text("utf-8-sig").split("\n")  # other line breaks may stand within a question
    except (OSError, UnicodeDecodeError) as error:
        raise AskWhyError(f"The questions file {options.input} cannot be read: {error}.") from error
    for answer in parse_lines(lines, parser_for(options.settings, schema), options.input.name):
        print(json.dumps(answer, ensure_ascii=False), flush=True)


def _operations(options: argparse.Namespace) -> None:
    from assistant.operations import OPERATIONS
    from assistant.programs.described import describe

    described = describe(OPERATIONS)
    if options.json:
        print(json.dumps(described, indent=2, ensure_ascii=False))
        return
    for operation in described:
        arguments = " ".join(f"[{argument['name']}]" for argument in operation["arguments"])
        print(f"{operation['name']:16} {operation['about']} {arguments}".rstrip())


def _setup(options: argparse.Namespace) -> None:
    from assistant.assemble import setup

    setup(options.settings, repair=options.repair)


def _train(options: argparse.Namespace) -> None:
    from assistant.learning.train import train_classifier_command, train_parser_command

    given = {"output": options.output, "resume": options.resume, "only_measure": options.measure}
    if options.what == "classifier":
        train_classifier_command(options.settings, **given)
    else:
        given |= {"most": options.questions, "with_corrections": options.with_corrections}
        given |= {"start": options.start, "focus": options.focus, "misread": options.misread}
        train_parser_command(options.settings, **given)


if __name__ == "__main__":
    sys.exit(main())
