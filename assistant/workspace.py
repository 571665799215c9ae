"""What is being talked about: models, a dataset, and the schema drawn from them. Shared by all visitors."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from explainers.classifier import Classifier
from explainers.counterfactuals import Fluency, Material
from explainers.dataset import Dataset, load_dataset
from explainers.errors import AskWhyError, closest
from explainers.generative import GenerativeModel
from explainers.predictions import Predictions, is_predicted, predict_dataset
from explainers.prompted import load_prompted

from assistant.finding.rows import Rows
from assistant.material import material_of
from assistant.programs.schema import Schema
from assistant.resolver import Resolver
from assistant.settings import ModelSettings, Settings, load_settings
from assistant.writing import Writer

if TYPE_CHECKING:
    from assistant.knowledge.library import Library

# what is being done, and the share that is done; behind a line break there may stand what is written so far
Report = Callable[[str, float], None]
NO_CLASSES = "{} is a generative model: it has no classes; ask it to generate, or for the salience of its answer."
NO_ANSWERS = "{} is a classifier: it writes no answers; ask what it predicts, or why."


def _quiet(stage: str, share: float) -> None:
    pass


def load_model(model: ModelSettings, resolver: Resolver, device: str) -> Classifier | GenerativeModel:
    """The model that an entry of the settings names; with a prompt, a language model that is asked for a class."""
    if model.kind == "generator" or model.prompt is not None:
        from assistant.parsing.language_model import (
            converted,  # its own imports take a second, which no classifier should wait for
        )

        source = resolver.path(model.path)
        source = converted(Path(source)) if str(source).endswith(".gguf") else source
        if model.kind == "generator":
            return GenerativeModel.load(source, device=device, name=model.name)
        return load_prompted(
            source, model.prompt, model.labels, verbalizers=model.verbalizers, chat=model.chat, device=device, name=model.name
        )
    adapter = None if model.adapter is None else resolver.folder / model.adapter
    return Classifier.load(resolver.path(model.path), adapter=adapter, labels=model.labels, device=device, name=model.name)


class Workspace:
    """One model and one dataset, loaded when first needed, then never changed. The model is a classifier or a generator."""

    def __init__(
        self, settings: Settings, model: Classifier | GenerativeModel, dataset: Dataset, resolver: Resolver | None = None
    ) -> None:
        self.settings = settings
        self.resolver = resolver or Resolver(Path())
        self._bare = resolver is None  # made from its parts: nothing else is to be loaded
        self.model = model
        self.dataset = dataset
        self.schema = Schema(
            labels=() if isinstance(model, GenerativeModel) else model.labels,
            columns=dict(dataset.columns),
            id=dataset.id_kind,
            rows=len(dataset),
            kind="generator" if isinstance(model, GenerativeModel) else "classifier",
        )
        self.rows = Rows(dataset, self.schema.labels, lambda: self.probabilities(), getattr(model, "multi_label", False))
        self._lock = threading.Lock()
        self._others: dict[str, Classifier | GenerativeModel] = {}
        self._writers: dict[str, Writer] = {}
        self._original: Workspace | None = None
        self._probabilities: np.ndarray | None = None
        self.synonyms: dict[str, list[str]] | None = None  # made when first needed (`assistant.finding.meaning`)

    @classmethod
    def load(cls, path: Path, report: Report = _quiet) -> Workspace:
        """The workspace of a settings file. Raises AskWhyError for what is missing or wrong in it."""
        settings = load_settings(path)
        resolver = Resolver(path)
        resolver.check_documents(settings)
        report("data", 0.0)
        dataset = load_dataset(resolver.data(settings.data), report)
        dataset.index_words(lambda share: report("words", share))
        report("model", 0.0)
        model = load_model(settings.models[0], resolver, settings.device)
        report("model", 1.0)
        return cls(settings, model, dataset, resolver)

    @property
    def classifier(self) -> Classifier:
        """The model, where it is a classifier. Raises AskWhyError where it is none."""
        if isinstance(self.model, GenerativeModel):
            raise AskWhyError(NO_CLASSES.format(self.model.name))
        return self.model

    @property
    def generator(self) -> GenerativeModel:
        """The model, where it is a generator. Raises AskWhyError where it is none."""
        if not isinstance(self.model, GenerativeModel):
            raise AskWhyError(NO_ANSWERS.format(self.model.name))
        return self.model

    @cached_property
    def writer(self) -> Writer:
        """The generator with the answers that it gave already. Raises AskWhyError where the model is none."""
        return Writer.of(self.generator, self.settings.models[0])

    @property
    def original(self) -> Workspace:
        """The workspace that every visitor shares, also where this one holds a visitor's copy of the model."""
        return self._original or self

    def adapted(self, classifier: Classifier, probabilities: np.ndarray) -> Workspace:
        """This workspace for one visitor, with a copy of the model; (rows, classes) `probabilities` are the copy's."""
        made = Workspace(self.settings, classifier, self.dataset, None if self._bare else self.resolver)
        made._original, made._probabilities = self.original, probabilities
        return made

    def other_model(self, name: str) -> Classifier:
        """Another classifier of the settings, loaded when it is first asked for.

        Raises AskWhyError when there is none of that name, or it does not know the same classes.
        """
        made = self._other(name, "classifier")[1]
        if set(made.labels) != set(self.classifier.labels):
            raise AskWhyError(f"'{made.name}' has other classes ({', '.join(made.labels)}), so the two cannot be compared.")
        return made

    def other_writer(self, name: str) -> Writer:
        """Another generator of the settings, loaded when it is first asked for, with its answers and its own way to be asked.

        Raises AskWhyError when there is none of that name.
        """
        settings, model = self._other(name, "generator")
        with self._lock:
            return self._writers.setdefault(settings.name, Writer.of(model, settings))

    def _other(self, name: str, kind: str) -> tuple[ModelSettings, Classifier | GenerativeModel]:
        others = {model.name: model for model in self.settings.models[1:]}
        holding = [said for said in others if name.casefold() in said.casefold()]
        wanted = others.get(min(holding, key=len, default=""))  # the whole name before a longer one that holds it
        if wanted is None:
            there = closest(name, others) if others else "the settings name only one model; add another under [[models]]."
            raise AskWhyError(f"There is no other model '{name}' loaded: {there}")
        if wanted.kind != kind:
            raise AskWhyError(f"'{wanted.name}' is a {wanted.kind} and {self.model.name} a {kind}, so they cannot be compared.")
        with self._lock:
            if wanted.name not in self._others:
                self._others[wanted.name] = load_model(wanted, self.resolver, self.settings.device)
        return wanted, self._others[wanted.name]

    @property
    def predicted(self) -> bool:
        """Whether the predictions of all rows are at hand, so that asking for them takes no time."""
        if self.schema.kind == "generator":
            return False
        return self._probabilities is not None or is_predicted(self.classifier, self.dataset)

    def probabilities(self, report: Report = _quiet) -> np.ndarray:
        """(rows, classes) probabilities of every row; computed once, kept on disk."""
        with self._lock:
            if self._probabilities is None:
                self._probabilities = predict_dataset(
                    self.classifier, self.dataset, lambda done, rows: report("predictions", done / max(rows, 1))
                )
            return self._probabilities

    def predictions(self, report: Report = _quiet) -> Predictions:
        """What the model says of every row."""
        self.probabilities(report)
        return self.rows.predictions

    @cached_property
    def library(self) -> Library:
        """The documents that answers are cited from; nothing is read before the first question."""
        from assistant.knowledge.library import Library  # its own imports take a second, which no start should wait for

        return Library.of(self.settings, self.resolver)

    @cached_property
    def material(self) -> Material:
        """What counterfactuals are made of; a visitor's copy of the model reads the same words."""
        return material_of(self) if self._original is None else self._original.material

    @cached_property
    def fluency(self) -> Fluency | None:
        """The language model as a judge of how texts read, loaded when it is first asked; None where there is none here."""
        if self._bare:
            return None
        from assistant.fluency import LocalFluency  # its own imports take seconds, which no start should wait for

        with suppress(AskWhyError):  # without it, answers say nothing of fluency
            return LocalFluency.load(self.settings, self.resolver)
        return None
