"""Fine-tuning the language model that reads questions: LoRA, loss on the program only, resumable."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from explainers.adapters import save_adapter
from explainers.device import choose_device, has_fast_bf16
from explainers.errors import AskWhyError

from assistant.conditions import normal
from assistant.language_model import LocalChat, load_causal_lm
from assistant.operation import Operation
from assistant.packing import IGNORED, batched, collate, pack
from assistant.parser import Parser
from assistant.program import Program
from assistant.questions import Example, fill, split


@dataclass(frozen=True)
class ParserPlan:
    """How the parser is trained: `rounds` fillings of every question, each seen once, in batches of so many packs of
    questions; `rank` is LoRA's."""

    rounds: int = 2
    learning_rate: float = 8e-4
    packs: int = 2
    rank: int = 16
    seed: int = 13


def train_parser(
    base: Path | str, folder: Path, plan: ParserPlan, *, device: str = "auto", resume: bool = False
) -> dict[str, int]:
    """Train a LoRA adapter on the training families and worlds; write it to `folder` as safetensors in bfloat16.

    Returns the counts of questions, families and examples. A run that was cut off goes on from its last checkpoint
    with `resume`.
    """
    import torch
    from peft import LoraConfig, TaskType, get_peft_model
    from torch.utils.data import DataLoader

    device = choose_device(device)
    torch.manual_seed(plan.seed)
    model, tokenizer = load_causal_lm(base, device=device, dtype=torch.bfloat16 if has_fast_bf16(device) else torch.float32)
    config = LoraConfig(
        task_type=TaskType.CAUSAL_LM, r=plan.rank, lora_alpha=2 * plan.rank, lora_dropout=0.0, target_modules="all-linear"
    )
    model = get_peft_model(model, config)
    for parameter in model.parameters():  # the base stays in bfloat16; what is trained needs float32's small steps
        if parameter.requires_grad:
            parameter.data = parameter.data.float()
    families, _, worlds, _ = split()
    examples = list(fill(families, worlds, rounds=plan.rounds, seed=plan.seed, noise=True))
    packs = pack(tokenizer, examples, seed=plan.seed)
    batches = batched(packs, plan.packs, seed=plan.seed)
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=plan.learning_rate, weight_decay=0.01)
    warmup = max(1, len(batches) // 30)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warmup, max(0.02, 1 - (step - warmup) / max(1, len(batches) - warmup)))
    )
    checkpoint = folder / "checkpoint"
    start = _restore(checkpoint, model, optimizer, schedule) if resume else 0
    loader = DataLoader(batches[start:], batch_size=None, collate_fn=lambda batch: collate(batch, tokenizer.pad_token_id))
    model.train()
    running = None
    for step, batch in enumerate(loader, start):
        with torch.autocast(device.split(":")[0], dtype=torch.bfloat16, enabled=has_fast_bf16(device)):
            loss = _loss(model, batch, device)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        running = loss.item() if running is None else 0.95 * running + 0.05 * loss.item()
        if (step + 1) % 50 == 0:
            print(f"step {step + 1} of {len(batches)}, loss {running:.4f}", flush=True)
        if (step + 1) % 200 == 0:
            _keep(checkpoint, model, optimizer, schedule, step + 1)
    save_adapter(model.to(torch.bfloat16), folder)
    questions = sum(len(family.questions) for family in families)
    return {"questions": questions, "families": len(families), "worlds": len(worlds), "examples": len(examples)}


def _loss(model: Any, batch: dict[str, Any], device: str) -> Any:
    """Mean cross-entropy of the program's tokens; logits are made for these alone, which saves a third of the time."""
    import torch

    batch = {name: value.to(device) for name, value in batch.items()}
    inner = model.get_base_model()
    seen = torch.where(batch["mask"], 0.0, torch.finfo(inner.dtype).min).to(inner.dtype)
    hidden = inner.model(input_ids=batch["ids"], attention_mask=seen, position_ids=batch["positions"]).last_hidden_state[:, :-1]
    wanted = batch["labels"][:, 1:] != IGNORED
    return torch.nn.functional.cross_entropy(inner.lm_head(hidden[wanted]).float(), batch["labels"][:, 1:][wanted])


def _keep(folder: Path, model: Any, optimizer: Any, schedule: Any, step: int) -> None:
    import torch
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    trained = {name: p.detach().cpu().contiguous() for name, p in model.named_parameters() if p.requires_grad}
    moments = {
        f"{index}.{key}": value.detach().cpu().contiguous().clone()
        for index, state in optimizer.state_dict()["state"].items()
        for key, value in state.items()
        if torch.is_tensor(value)
    }
    save_file(trained, folder / "weights.part")
    save_file(moments, folder / "moments.part")
    for name in ("weights", "moments"):
        (folder / f"{name}.part").replace(folder / f"{name}.safetensors")
    (folder / "state.json").write_text(json.dumps({"step": step, "schedule": schedule.last_epoch}), "utf-8")


def _restore(folder: Path, model: Any, optimizer: Any, schedule: Any) -> int:
    """Put a checkpoint's state back; returns the step to go on from, 0 when there is no checkpoint."""
    if not (folder / "state.json").exists():
        return 0
    from safetensors.torch import load_file

    trained = load_file(folder / "weights.safetensors")
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            parameter.data.copy_(trained[name])
    state: dict[int, dict[str, Any]] = {}
    for key, value in load_file(folder / "moments.safetensors").items():
        index, name = key.split(".", 1)
        state.setdefault(int(index), {})[name] = value
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
    step = int(json.loads((folder / "state.json").read_text("utf-8"))["step"])
    for _ in range(step):
        schedule.step()
    return step


@dataclass(frozen=True)
class ParserScores:
    """Shares in [0, 1]: the exact program, the right operations, the right selection; `invalid` programs; by operation."""

    questions: int
    exact: float
    operations: float
    selection: float
    invalid: int
    seconds: float
    by_operation: Mapping[str, tuple[int, float]]


def measure_parser(
    chat: LocalChat,
    registry: Mapping[str, type[Operation]],
    *,
    most: int = 0,
    seed: int = 7,
    wrong: Callable[[Example, str], None] | None = None,
) -> ParserScores:
    """Score a parser on families and worlds that training never saw; `most` limits the questions (0: all).

    `seconds` is the median time of a question. `wrong` is called with each miss.
    """
    _, families, _, worlds = split()
    examples = list(fill(families, worlds, rounds=1, seed=seed, noise=True))
    if most and most < len(examples):
        examples = random.Random(seed).sample(examples, most)
    parsers: dict[str, Parser] = {}
    seconds, exact, operations, selection, invalid = [], 0, 0, 0, 0
    seen: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for example in examples:
        key = example.schema.model_dump_json()
        parser = parsers.setdefault(key, Parser(registry, example.schema, chat))
        meant = parser.language.read(example.program)
        name = meant.steps[0].name if len(meant.steps) == 1 else "composed"
        seen[name] += 1
        try:
            got = parser.parse(example.question)
        except AskWhyError:
            invalid += 1
            continue
        seconds.append(got.seconds)
        chosen = normal(got.program.where) == normal(meant.where)  # "a and b" is "b and a"
        same = chosen and got.program.steps == meant.steps
        exact += same
        right[name] += same
        operations += _names(got.program) == _names(meant)
        selection += chosen
        if not same and wrong:
            wrong(example, got.program.to_text(example.schema))
    total = len(examples)
    return ParserScores(
        questions=total,
        exact=exact / total,
        operations=operations / total,
        selection=selection / total,
        invalid=invalid,
        seconds=sorted(seconds)[len(seconds) // 2] if seconds else 0.0,
        by_operation={name: (count, right[name] / count) for name, count in sorted(seen.items())},
    )


def _names(program: Program) -> list[str]:
    return [step.name for step in program.steps]


def write_parser_record(
    folder: Path, plan: ParserPlan, counts: Mapping[str, int], scores: ParserScores | None, note: str = ""
) -> None:
    """What was trained and measured, beside the adapter: `training.json`; `note` is what the plan does not say."""
    record = {"plan": asdict(plan), "counts": dict(counts), "note": note, "scores": asdict(scores) if scores else None}
    (folder / "training.json").write_text(json.dumps(record, indent=2) + "\n", "utf-8")
