"""Words that a plain answer does not say, since only who knows machine learning or statistics knows them."""

from __future__ import annotations

import re

from assistant.reply import Plot, Reply, Table

ENGLISH = (
    "log[- ]?(odds|probabilit)", "logits?", "softmax", "gradients?", "embeddings?", "vectors?", "encoders?", "cosine", "perplexity",
    "percentiles?", "quantiles?", "quartiles?", "medians?", "standard deviation", "variance", "the mean", "mean (?=over|of|conf|prob|attr|ch)",
    "correlations?", "spearman", "kendall", "pearson", "p-values?", "z-scores?", "95% interval", "confidence interval", "attributions?",
    "salienc[ye]", "baselines?", "completeness", "convergence", "comprehensiveness", "sufficiency", "faithful(ness)?", "fidelity",
    "infidelity", "randomi[sz]ation", "perturbations?", "surrogates?", "masks?", "masked", "decoding", "architecture", "fingerprints?",
    "weights", "hyperparameters?", "epochs?", "logistic", "calibrated", "calibration error", "tracin", "layers?", "heads?", "lift",
    "slices?", "macro", "micro", "counterfactuals?", "adversarial", "inference", "representations?", "represents", "fluency",
    "function words", "rank correlation", "noise",
)  # fmt: skip
KOREAN = (
    "로그 ?(오즈|확률)", "로짓", "그래디언트", "임베딩", "벡터", "인코더", "코사인", "퍼플렉시티", "백분위", "사분위", "중앙값", "표준편차", "분산",
    "상관", "스피어만", "켄달", "p값", "z ?점수", "95% ?구간", "신뢰구간", "기여도", "세일리언시", "현저성", "기준 (글|입력)", "완전성", "수렴", "포괄성",
    "충분성", "충실", "섭동", "대리 모델", "디코딩", "아키텍처", "지문", "가중치", "보정", "레이어", "헤드", "리프트", "반사실", "적대", "기능어",
    "TracIn", "매크로", "마이크로",
)  # fmt: skip
ASKED_BY_NAME = {  # whoever asks for these names them, or they are what the article is about
    "attention": {"layer", "layers", "head", "heads", "레이어", "헤드"},
    "salience": {"layer", "layers", "head", "heads", "레이어", "헤드"},
    "compare": {"gradients", "그래디언트"},
    "define": None, "ask": None, "help": None,
}  # fmt: skip
PATTERN = re.compile("|".join((*(rf"\b(?:{word})\b" for word in ENGLISH), *KOREAN)), re.IGNORECASE)
QUOTED = re.compile("“[^”]*”|'[^']*'")  # words of the data


def jargon(reply: Reply, operation: str) -> list[str]:
    """What a reply says of these words: in its text, the titles of its evidence, and the heads of its tables."""
    allowed = ASKED_BY_NAME.get(operation, set())
    if allowed is None:
        return []
    said = [reply.text, *(block.title for block in reply.blocks)]
    said += [column for block in reply.blocks if isinstance(block, Table | Plot) for column in block.columns]
    found = (found[0].casefold() for text in said for found in PATTERN.finditer(QUOTED.sub(" ", text)))
    return [word for word in found if word not in allowed]
