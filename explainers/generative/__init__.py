"""Why a generative model wrote what it wrote: which parts of its prompt made it, checked by taking them out.

from explainers.generative import GenerativeModel, generate, salience
model = GenerativeModel.load("path/to/model")
answer = generate(model, "Q: 2 + 2?\\nA:")
for segment in salience(model, answer.prompt, answer, "the last number").top(3): print(segment.text, segment.sum)
"""

from explainers.generative.answers import alternatives, generate, score
from explainers.generative.embeddings import embed_prompts, prompt_embeddings
from explainers.generative.layers import head_attention, layer_salience
from explainers.generative.model import GenerativeModel
from explainers.generative.prompts import PromptRow, read_prompts
from explainers.generative.registry import METHODS
from explainers.generative.results import (
    Alternative,
    Alternatives,
    Answer,
    AnswerToken,
    Check,
    HeadAttention,
    LayerSalience,
    Removed,
    Salience,
    Scored,
)
from explainers.generative.salience import salience
from explainers.generative.segments import UNITS, Segment, cut
from explainers.generative.targets import resolve
from explainers.generative.tokens import Prompt

__all__ = [
    "METHODS",
    "UNITS",
    "Alternative",
    "Alternatives",
    "Answer",
    "AnswerToken",
    "Check",
    "GenerativeModel",
    "HeadAttention",
    "LayerSalience",
    "Prompt",
    "PromptRow",
    "Removed",
    "Salience",
    "Scored",
    "Segment",
    "alternatives",
    "cut",
    "embed_prompts",
    "generate",
    "head_attention",
    "layer_salience",
    "prompt_embeddings",
    "read_prompts",
    "resolve",
    "salience",
    "score",
]
