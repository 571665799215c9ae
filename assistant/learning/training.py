"""Fine-tuning the language model that reads questions: LoRA, loss on the program only, resumable."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from explainers.adapters import save_adapter
from explainers.device import choose_device, has_fast_bf16
from explainers.errors import AskWhyError

from assistant.learning.attending import attend_in_packs
from assistant.learning.composing import compose
from assistant.learning.filling import fill
from assistant.learning.merged import merge_as_trained, refresh
from assistant.learning.misread import misread
from assistant.learning.packing import IGNORED, batched, collate, logits_of_programs, pack
from assistant.learning.preceding import Preceding
from assistant.learning.questions import Example, Family, World, plain, split
from assistant.parsing.language_model import load_causal_lm

CORRECTED = 4  # times that a correction is learned from


@dataclass(frozen=True)
class ParserPlan:
    """How the parser is trained: `rounds` fillings of every question, one more of every other family, and so many
    `composed` questions, English and Korean, each seen once, in batches of so many packs of questions, `steps` of them at
    the most; `rank` is LoRA's. Another `seed` fills the questions otherwise, for a run that goes on from a trained adapter.
    One that is to learn in less time sees a share of `replay` of the questions, but for files named as its `focus`, which it
    sees whole, and a share of `missed` of those families that the adapter it goes on from does not read rightly yet. Its
    weights are averaged in the end with a share of `kept` of that adapter's, which forgets less (Wortsman et al. 2022)."""

    rounds: int = 1
    composed: tuple[int, int] = (4000, 1500)
    learning_rate: float = 8e-4
    packs: int = 2
    steps: int = 1900
    rank: int = 16
    seed: int = 13
    focus: tuple[str, ...] = ()
    replay: float = 1.0
    missed: float = 0.0
    kept: float = 0.0


def training_examples(
    plan: ParserPlan, corrections: Sequence[Example] = (), misread: Collection[Family] = frozenset()
) -> list[Example]:
    """What the parser learns from: the training families filled from the training worlds, composed questions, none of
    them worded as a held-out one, and what visitors said they meant, if it is given, several times. Of the families, and of
    those that are `misread`, it is what the plan wants."""
    families, held_out, worlds, _ = split()
    before, drawn = Preceding(families), random.Random(plan.seed)

    def some(among: Sequence[Family]) -> list[Family]:
        shares = [1 if one.source in plan.focus else plan.missed if one in misread else plan.replay for one in among]
        return [_some_of(family, max(share, plan.replay), drawn) for family, share in zip(among, shares, strict=True)]

    examples = list(fill(some(families), worlds, rounds=plan.rounds, seed=plan.seed, noise=True, preceding=before))
    others = some(families[plan.seed % 2 :: 2])
    examples += fill(others, worlds, rounds=1, seed=plan.seed + 1, noise=True, preceding=before)
    kept_apart = {plain(question) for family in held_out for question in family.questions}
    for language, count in zip(("en", "ko"), plan.composed, strict=True):
        wanted = round(count * plan.replay)
        examples += compose(worlds, language=language, count=wanted, seed=plan.seed, without=kept_apart, preceding=before)
    return examples + list(corrections) * CORRECTED


def _some_of(family: Family, share: float, drawn: random.Random) -> Family:
    return family if share >= 1 else replace(family, questions=tuple(one for one in family.questions if drawn.random() < share))


def train_parser(
    base: Path | str,
    folder: Path,
    plan: ParserPlan,
    *,
    device: str = "auto",
    resume: bool = False,
    corrections: Sequence[Example] = (),
    start: Path | None = None,
) -> dict[str, int]:
    """Train a LoRA adapter on the training families and worlds, from the adapter in `start` if there is one, with whose weights
    what was learnt is then averaged by the plan's `kept`; write it to `folder` as safetensors in bfloat16.

    Returns the counts of questions (of these in Korean), families, worlds and examples. A run that was cut off goes on
    from its last checkpoint with `resume`.
    """
    import torch
    from peft import LoraConfig, TaskType, get_peft_model

    device = choose_device(device)
    torch.manual_seed(plan.seed)
    model, tokenizer = load_causal_lm(base, device=device, dtype=torch.bfloat16 if has_fast_bf16(device) else torch.float32)
    config = LoraConfig(
        task_type=TaskType.CAUSAL_LM, r=plan.rank, lora_alpha=2 * plan.rank, lora_dropout=0.0, target_modules="all-linear"
    )
    model = get_peft_model(model, config)
    if start is not None:
        _go_on_from(model, start)
    attend_in_packs(model)
    for parameter in model.parameters():  # the base stays in bfloat16; what is trained needs float32's small steps
        if parameter.requires_grad:
            parameter.data = parameter.data.float()
    layers = merge_as_trained(model)
    families, _, worlds, _ = split()
    unknown = _unknown(model, tokenizer, families, worlds, plan.seed) if plan.missed > plan.replay else set()
    examples = training_examples(plan, corrections, unknown)
    packs = pack(tokenizer, examples, seed=plan.seed)
    batches = batched(packs, plan.packs, seed=plan.seed)[: plan.steps]
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=plan.learning_rate, weight_decay=0.01)
    warmup = max(1, len(batches) // 30)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warmup, max(0.02, 1 - (step - warmup) / max(1, len(batches) - warmup)))
    )
    checkpoint = folder / "checkpoint"
    taken = _restore(checkpoint, model, optimizer, schedule) if resume else 0
    refresh(layers)
    workers = 1 if device.startswith("cuda") else min(plan.packs, os.cpu_count() or 1)
    torch.set_num_threads(max(1, (os.cpu_count() or 1) // workers))
    pool = ThreadPoolExecutor(workers)
    model.train()
    running = None
    for step, batch in enumerate(batches[taken:], taken):
        parts = [collate(batch[at::workers], tokenizer.pad_token_id) for at in range(min(workers, len(batch)))]
        loss = _learn(model, parts, pool)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        refresh(layers)
        running = loss if running is None else 0.95 * running + 0.05 * loss
        if (step + 1) % 50 == 0:
            print(f"step {step + 1} of {len(batches)}, loss {running:.4f}", flush=True)
        if (step + 1) % 200 == 0:
            _keep(checkpoint, model, optimizer, schedule, step + 1)
    if start is not None:
        _average_with(model, start, plan.kept)
    save_adapter(model.to(torch.bfloat16), folder)
    asked = {"questions": families, "korean": [family for family in families if family.language == "ko"]}
    return {name: sum(len(family.questions) for family in some) for name, some in asked.items()} | {
        "families": len(families),
        **({"misread": len(unknown)} if unknown else {}),
        "worlds": len(worlds),
        "examples": len(examples),
    }


def _unknown(model: Any, tokenizer: Any, families: list[Family], worlds: list[World], seed: int) -> set[Family]:
    print(f"looking which of {len(families)} families of questions are misread, as long as some hundred steps take", flush=True)
    found = misread(model, tokenizer, families, worlds, seed=seed)
    print(f"{len(found)} are misread", flush=True)
    return found


def _go_on_from(model: Any, folder: Path) -> None:
    """Give a new adapter the weights of a trained one. Raises AskWhyError where it is of another rank or model."""
    from peft import set_peft_model_state_dict

    try:
        unfit = set_peft_model_state_dict(model, _weights(folder))
    except (RuntimeError, ValueError, OSError) as problem:
        raise AskWhyError(f"The adapter in {folder} does not fit: {str(problem).splitlines()[0]}") from problem
    missing = [name for name in unfit.missing_keys if "lora_" in name]
    if missing or unfit.unexpected_keys:
        raise AskWhyError(f"The adapter in {folder} does not fit this model; name the folder of one that was trained for it.")


def _average_with(model: Any, folder: Path, share: float) -> None:
    """Move an adapter's weights by `share` of the way back to those of the trained one in a folder."""
    from peft import get_peft_model_state_dict, set_peft_model_state_dict

    before = _weights(folder)
    learned = get_peft_model_state_dict(model)
    mean = {name: weight.lerp(before[name].to(weight), share) for name, weight in learned.items()}
    set_peft_model_state_dict(model, mean)


def _weights(folder: Path) -> dict[str, Any]:
    from peft import load_peft_weights

    return load_peft_weights(str(folder), device="cpu")


def _learn(model: Any, parts: Sequence[Mapping[str, Any]], pool: ThreadPoolExecutor) -> float:
    """The mean cross-entropy of the programs' tokens, its gradient left in the parameters.

    Each part goes its way in a thread of its own: on two cores a third faster than sharing every small operation.
    """
    import torch

    learned = [parameter for parameter in model.parameters() if parameter.requires_grad]
    total = sum(int((part["labels"][:, 1:] != IGNORED).sum()) for part in parts)

    def gradients(part: Mapping[str, Any]) -> tuple[float, tuple[Any, ...]]:
        loss = torch.nn.functional.cross_entropy(*logits_of_programs(model, part), reduction="sum") / total
        return loss.item(), torch.autograd.grad(loss, learned)

    done = list(pool.map(gradients, parts))
    for parameter, *found in zip(learned, *(gradient for _, gradient in done), strict=True):
        parameter.grad = sum(found[1:], found[0])
    return sum(loss for loss, _ in done)


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
