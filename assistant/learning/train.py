"""The training commands: train, measure on what was held out, and write the card beside the weights."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from explainers.classifier import Classifier
from explainers.dataset import load_dataset
from explainers.errors import AskWhyError, closest
from explainers.training import TrainingPlan, measure_classifier, train_classifier, write_record

from assistant.assemble import fetch, vectors_of
from assistant.learning.measuring import Answer, calibrate, measure_parser, write_parser_record
from assistant.learning.opinion import train_opinion
from assistant.learning.questions import families
from assistant.operations import OPERATIONS
from assistant.parsing.language_model import LocalChat, converted
from assistant.parsing.opinion import FILE
from assistant.resolver import Resolver
from assistant.saying.wording import percent
from assistant.settings import load_settings, settings_path

if TYPE_CHECKING:
    from assistant.learning.training import ParserPlan

REPLAYED = 0.1  # of the questions that are not in focus
CHECKED = 100  # questions of each half that are asked after learning from corrections, unless more are wanted
BESIDE = 0.015  # of the questions, where an adapter is trained on for corrections alone
KEPT = 0.6  # of the adapter that a run goes on from, in the average with what it learnt; by the loss on validation questions


def train_classifier_command(name: str | None, *, output: Path | None, resume: bool, only_measure: bool) -> None:
    """Train the first model of a settings file on its data; print and write its figures on the test rows."""
    path = settings_path(name)
    settings = load_settings(path)
    fetch(settings, path)
    resolver = Resolver(path)
    model = settings.models[0]
    if model.adapter is None and output is None:
        raise AskWhyError(f"{path}: the model has no `adapter` folder to train into; name one there or with --output.")
    folder = output or resolver.folder / model.adapter
    dataset = load_dataset(resolver.data(settings.data))
    plan = TrainingPlan(**settings.training.model_dump())
    base = resolver.path(model.path)
    if not only_measure:
        started = time.time()
        scores = train_classifier(base, dataset, folder, plan, resume=resume)
        counts = {split: dataset.table[dataset.split].to_pylist().count(split) for split in ("train", "validation", "test")}
        facts = {
            "title": settings.title, "base": model.path, "data": settings.data.path, "rows": counts,
            "left_out": dict(dataset.left_out), "data_fingerprint": dataset.fingerprint,
            "weights": "the mean over the second half of training",
            "minutes": round((time.time() - started) / 60, 1),
            "versions": {package: version(package) for package in ("torch", "transformers", "peft")},
        }  # fmt: skip
        write_record(folder, plan, scores, facts)
        shutil.rmtree(folder / "checkpoints", ignore_errors=True)
    record_file = folder / "training.json"
    record = json.loads(record_file.read_text("utf-8"))
    if only_measure:
        record |= {
            "scores": measure_classifier(base, dataset, folder, device=settings.device),
            "data_fingerprint": dataset.fingerprint,
        }
        record_file.write_text(json.dumps(record, indent=2) + "\n", "utf-8")
    classifier = Classifier.load(base, adapter=folder, name=model.name)
    _card(folder, "classifier_card", record=record, labels=classifier.labels, fingerprint=classifier.fingerprint)
    for key, value in record["scores"].items():
        print(f"{key:20} {value:.0f}" if key == "rows" else f"{key:20} {value:.4f}")


def train_parser_command(
    name: str | None,
    *,
    output: Path | None,
    resume: bool,
    only_measure: bool,
    most: int = 0,
    with_corrections: bool = False,
    start: Path | None = None,
    focus: Sequence[str] = (),
    misread: bool = False,
) -> None:
    """Train the language model's adapter on the questions in prompts/, calibrate it on one half of what is held out, and
    measure it on the other; print and write its figures.

    `most` limits the questions of each half that are asked, drawn with a fixed seed; 0 asks all. `with_corrections` also
    trains on what visitors of this machine said they meant, from the adapter that there is, and shows it few of the other
    questions, so that it forgets nothing: that takes minutes. `start` is the folder of a trained adapter to go on from, `focus`
    names question files that are learnt whole, of the others a tenth; with `misread`, so are the families that the adapter to
    go on from does not read rightly yet.
    """
    from assistant.learning.training import ParserPlan, train_parser, training_examples

    if misread and start is None:
        raise AskWhyError("What is misread is misread by an adapter: name the folder of one with --start.")
    path = settings_path(name)
    settings = load_settings(path)
    fetch(settings, path)
    resolver = Resolver(path)
    model = settings.language_model
    if model.endpoint is not None:
        raise AskWhyError(f"{path}: a served language model is not trained here; name its folder or hub name as `path` instead.")
    if model.adapter is None and output is None:
        raise AskWhyError(f"{path}: the language model has no `adapter` folder to train into; name one there or with --output.")
    folder = output or resolver.folder / model.adapter
    base = resolver.path(model.path)
    base = converted(Path(base)) if str(base).endswith(".gguf") else base
    plan = ParserPlan()
    record_file = folder / "training.json"
    note = ""
    if only_measure:
        kept = json.loads(record_file.read_text("utf-8"))
        counts, note = kept["counts"], kept.get("note", "")
    else:
        corrections = ()
        if with_corrections:
            kept = resolver.corrections(settings)
            if kept is None:
                raise AskWhyError(f"{path}: corrections are not kept by these settings; set `corrections`, or leave them out.")
            corrections = kept.read(OPERATIONS)
            if not corrections:
                raise AskWhyError(f'There are no corrections in {kept.path} yet; say "not what I meant" under an answer first.')
            print(f"{len(corrections)} corrections from {kept.path}", flush=True)
            most = most or CHECKED
            trained = resolver.folder / model.adapter if model.adapter else None
            if start is None and trained is not None and (trained / "training.json").exists():
                start = trained
            if start is not None and not focus:
                plan = replace(plan, replay=BESIDE)
        if focus:
            plan = replace(plan, focus=_known(focus), replay=REPLAYED)
        if misread:
            plan = replace(plan, missed=1.0, replay=REPLAYED)
        if start is not None:
            plan, note = _going_on(plan, start)
            plan = replace(plan, kept=0.0 if corrections else KEPT)
        counts = train_parser(
            base, folder, plan, device=settings.device, resume=resume, corrections=corrections, start=start
        )  # fmt: skip
        opinion = train_opinion(training_examples(ParserPlan(seed=plan.seed), corrections))
        (folder / FILE).unlink(missing_ok=True)  # one that learnt other questions
        if opinion is not None:
            opinion.write(folder)
        write_parser_record(folder, plan, counts, None, note)
        shutil.rmtree(folder / "checkpoint", ignore_errors=True)
    chat = LocalChat.load(base, adapter=folder, device=settings.device, vectors=vectors_of(resolver))
    doubt = calibrate(chat, OPERATIONS, most=most)
    doubt.write(folder)
    scores = measure_parser(chat, OPERATIONS, doubt=doubt, most=most, wrong=_print_miss)
    write_parser_record(folder, plan, counts, scores, note)
    record = json.loads(record_file.read_text("utf-8"))
    _card(folder, "parser_card", record=record)
    print(f"exact {scores.exact:.3f}  operations {scores.operations:.3f}  selection {scores.selection:.3f}  "
          f"invalid {scores.invalid}  questions {scores.questions}  seconds {scores.seconds:.2f}")  # fmt: skip
    print(f"calibration error {scores.calibration_error:.3f}  asks back {scores.asked:.3f}, mends {scores.mended:.2f} of these, "
          f"needless {scores.needless:.2f}")  # fmt: skip
    for name, (count, share) in {**scores.by_language, **scores.by_form}.items():
        print(f"  {name:10} exact {share:.3f}  questions {count}")


def _known(focus: Sequence[str]) -> tuple[str, ...]:
    """The names of question files. Raises AskWhyError for one that there is not."""
    named, there = tuple(name.removesuffix(".txt") for name in focus), sorted({family.source for family in families()})
    for name in named:
        if name not in there:
            raise AskWhyError(f"There is no question file '{name}'; {closest(name, there)}")
    return named


def _going_on(plan: ParserPlan, start: Path) -> tuple[ParserPlan, str]:
    """The plan of a run that starts from a trained adapter, questions filled anew and smaller steps, and what to note of it."""
    try:
        before = json.loads((start / "training.json").read_text("utf-8"))
        seed, steps = int(before["plan"]["seed"]), int(before["plan"]["steps"])
    except (OSError, ValueError, KeyError) as problem:
        raise AskWhyError(f"{start} holds no trained parser with its training.json; name the folder of one.") from problem
    note = " ".join(part for part in (before.get("note", ""), f"Trained on from an adapter of at most {steps} steps.") if part)
    return replace(plan, seed=seed + 1, learning_rate=plan.learning_rate * 0.7), note


def _print_miss(answer: Answer) -> None:
    print(f"  {answer.question}\n    meant {answer.meant}\n    got   {answer.got}")


def _card(folder: Path, template: str, **values: object) -> None:
    """The model card, from its template and what was measured."""
    from importlib.resources import files

    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    environment = SandboxedEnvironment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["percent"] = percent
    source = (files("prompts") / "cards" / f"{template}.md").read_text("utf-8")
    (folder / "README.md").write_text(environment.from_string(source).render(**values).strip() + "\n", "utf-8")
