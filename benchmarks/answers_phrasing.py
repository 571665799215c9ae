"""Whether the embedded language model is good enough to phrase answers: how many of its drafts pass the check."""

from __future__ import annotations

import json
import random
import time
from importlib.resources import files
from statistics import median
from typing import Any

from langchain_core.messages import HumanMessage, SystemMessage

from explainers.assets import cache_folder

from assistant.grounding import faults
from assistant.operations import OPERATIONS
from assistant.parsing.language_model import LocalChat
from assistant.resolver import Resolver
from assistant.saying.phrasing import FAMILIES, LONGEST, SECONDS, TOKENS, without_texts
from assistant.settings import EMBEDDED, settings_path
from benchmarks.answers_corpus import SEED
from benchmarks.answers_grounding import Case

DRAFTS = 40
SHOWN = 4


def measured(known: list[Case]) -> dict[str, Any]:
    """Drafts of plain answers in English, each as long as it takes; kept as they are done."""
    generator = random.Random(SEED)
    fit = [
        case
        for case in known
        if (case.said.language, case.said.level) == ("en", "plain")
        and OPERATIONS[case.said.operation].family in FAMILIES
        and len(case.text) <= LONGEST
    ]
    chosen = generator.sample(fit, min(DRAFTS, len(fit)))
    path = cache_folder("benchmarks") / "answers-phrasing.jsonl"
    kept = [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []
    drafts = {one["told"]: one for one in kept}
    chat = None
    for place, case in enumerate(chosen):
        told, _ = without_texts(case.text)
        if told in drafts:
            continue
        chat = chat or LocalChat.load(Resolver(settings_path("sms")).path(EMBEDDED))
        asked = [SystemMessage((files("prompts") / "phrasing" / "en.txt").read_text("utf-8").strip()), HumanMessage(told)]
        started = time.perf_counter()
        said = str(chat.invoke(asked, max_tokens=TOKENS // 2).content)
        drafts[told] = {"told": told, "said": said, "seconds": round(time.perf_counter() - started, 2)}
        with path.open("a", encoding="utf-8") as file:
            print(json.dumps(drafts[told], ensure_ascii=False), file=file)
        print(f"phrasing: {place + 1} of {len(chosen)}", flush=True)
    return _figures(chosen, drafts)


def _figures(chosen: list[Case], drafts: dict[str, dict[str, Any]]) -> dict[str, Any]:
    rows = []
    for case in chosen:
        told, _ = without_texts(case.text)
        one = drafts[told]
        found = faults(one["said"], case.reference)
        same = "".join(one["said"].split()) == "".join(told.split())
        rows.append({
            **one, "passes": not found, "same": same, "faults": [f"{fault.kind}: {fault.text}" for fault in found[:3]],
        })  # fmt: skip
    passing = [row for row in rows if row["passes"]]
    shown = [row for row in rows if not row["passes"]][: SHOWN - 1] + [row for row in passing if not row["same"]][:1]
    return {
        "drafts": len(rows), "pass": len(passing), "copied": sum(row["same"] for row in passing),
        "in_time": sum(row["seconds"] <= SECONDS for row in rows), "limit": SECONDS,
        "seconds": median(row["seconds"] for row in rows), "examples": shown,
    }  # fmt: skip
