"""Fine-tuning a sequence classifier with LoRA, and measuring it on rows it never saw."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from explainers.adapters import save_adapter
from explainers.classifier import Classifier
from explainers.dataset import Dataset
from explainers.device import has_fast_bf16
from explainers.errors import AskWhyError


@dataclass(frozen=True)
class TrainingPlan:
    """How a classifier is trained. `rank` is LoRA's; `tokens` cuts longer texts; epochs count whole passes."""

    epochs: int = 3
    learning_rate: float = 1e-3
    batch_size: int = 32
    rank: int = 16
    tokens: int = 128
    seed: int = 13


def train_classifier(
    base: Path | str, dataset: Dataset, folder: Path, plan: TrainingPlan, *, device: str = "cpu", resume: bool = False
) -> dict[str, float]:
    """Train a LoRA adapter and a new head on the `train` rows; write it to `folder` as safetensors.

    The weights kept are the mean over the second half of training (Polyak and Juditsky 1992), which a few hundred
    rare-class rows move less than a choice of the best epoch would. Returns `classification_scores` of the test rows.
    Raises AskWhyError when the dataset has no labels or no splits.
    """
    from datasets import Dataset as Rows
    from peft import LoraConfig, TaskType, get_peft_model
    from sklearn.metrics import f1_score
    from transformers import (
        AutoModelForSequenceClassification,
        AutoTokenizer,
        DataCollatorWithPadding,
        Trainer,
        TrainingArguments,
        set_seed,
    )

    if dataset.label_sets is not None:
        raise AskWhyError("Rows may have several labels here; a classifier is trained only on rows of one label each.")
    if not dataset.labels or dataset.split is None:
        raise AskWhyError("Training needs a label column and a [data.split] with the shares of test and validation rows.")
    set_seed(plan.seed)
    labels = sorted(dataset.labels)
    tokenizer = AutoTokenizer.from_pretrained(base)
    model = AutoModelForSequenceClassification.from_pretrained(
        base,
        num_labels=len(labels),
        id2label=dict(enumerate(labels)),
        label2id={label: index for index, label in enumerate(labels)},
        use_safetensors=True,
    )
    config = LoraConfig(
        task_type=TaskType.SEQ_CLS, r=plan.rank, lora_alpha=2 * plan.rank, lora_dropout=0.05, target_modules="all-linear"
    )
    model = get_peft_model(model, config)

    def rows(split: str) -> Rows:
        frame = dataset.table.to_pandas()
        frame = frame[(frame[dataset.split] == split) & frame["label"].notna()]
        encoded = tokenizer(frame["text"].tolist(), truncation=True, max_length=plan.tokens)
        return Rows.from_dict({**encoded, "labels": [labels.index(label) for label in frame["label"]]})

    def metrics(outputs: object) -> dict[str, float]:
        return {"macro_f1": float(f1_score(outputs.label_ids, np.argmax(outputs.predictions, axis=-1), average="macro"))}

    folder.mkdir(parents=True, exist_ok=True)
    arguments = TrainingArguments(
        output_dir=str(folder / "checkpoints"),
        num_train_epochs=plan.epochs,
        learning_rate=plan.learning_rate,
        per_device_train_batch_size=plan.batch_size,
        per_device_eval_batch_size=64,
        warmup_steps=50,
        weight_decay=0.01,
        label_smoothing_factor=0.05,
        lr_scheduler_type="linear",
        bf16=has_fast_bf16(device),
        eval_strategy="epoch",
        save_strategy="epoch",
        save_total_limit=2,
        logging_steps=20,
        seed=plan.seed,
        use_cpu=device == "cpu",
        report_to="none",
    )
    trainer = Trainer(
        model=model,
        args=arguments,
        train_dataset=rows("train"),
        eval_dataset=rows("validation"),
        data_collator=DataCollatorWithPadding(tokenizer),
        compute_metrics=metrics,
    )
    checkpoints = list((folder / "checkpoints").glob("checkpoint-*"))
    averaging = _averaging(model)
    trainer.add_callback(averaging)
    trainer.train(resume_from_checkpoint=bool(resume and checkpoints))
    averaging.put_back()
    save_adapter(model, folder)
    (folder / "labels.json").write_text(json.dumps(labels), "utf-8")
    return measure_classifier(base, dataset, folder, device=device)


def measure_classifier(base: Path | str, dataset: Dataset, folder: Path, *, device: str = "auto") -> dict[str, float]:
    """`classification_scores` of an adapter on the test rows, read whole and in full precision, as it will answer."""
    served = Classifier.load(base, adapter=folder, device=device)
    rows = [row for row in dataset.table.to_pylist() if row[dataset.split] == "test" and row["label"] is not None]
    truth = [served.index(row["label"]) for row in rows]
    return classification_scores(truth, served.probabilities([row["text"] for row in rows]), served.labels)


def _averaging(model: Any) -> Any:
    """A callback that keeps the running mean of the trained weights from the middle of training on."""
    from transformers import TrainerCallback

    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]

    class Averaging(TrainerCallback):
        mean: list[Any] | None = None
        count = 0

        def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            if state.global_step * 2 < state.max_steps:
                return
            self.count += 1
            if self.mean is None:
                self.mean = [parameter.detach().clone() for parameter in trained]
            for mean, parameter in zip(self.mean, trained, strict=True):
                mean.add_(parameter.detach() - mean, alpha=1 / self.count)

        def put_back(self) -> None:
            for mean, parameter in zip(self.mean or [], trained, strict=False):
                parameter.data.copy_(mean)

    return Averaging()


def classification_scores(truth: Sequence[int], probabilities: np.ndarray, labels: Sequence[str]) -> dict[str, float]:
    """Accuracy, macro F1 and per-class precision, recall and F1, in [0, 1]; `rows` is the count.

    `truth` (rows,) holds class indices, `probabilities` is (rows, classes). Computed by scikit-learn.
    """
    from sklearn.metrics import accuracy_score, precision_recall_fscore_support

    truth = np.asarray(truth)
    predicted = probabilities.argmax(axis=-1)
    precision, recall, f1, _ = precision_recall_fscore_support(truth, predicted, labels=range(len(labels)), zero_division=0.0)
    scores = {"rows": float(len(truth)), "accuracy": float(accuracy_score(truth, predicted)), "macro f1": float(f1.mean())}
    for index, label in enumerate(labels):
        scores |= {
            f"{label} precision": float(precision[index]),
            f"{label} recall": float(recall[index]),
            f"{label} f1": float(f1[index]),
        }
    return scores


def write_record(folder: Path, plan: TrainingPlan, scores: Mapping[str, float], facts: Mapping[str, object]) -> None:
    """Keep what was measured beside the weights: `training.json`, from which the model card is written."""
    record = {"plan": asdict(plan), "scores": dict(scores), **facts}
    (folder / "training.json").write_text(json.dumps(record, indent=2) + "\n", "utf-8")
