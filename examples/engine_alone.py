"""The engine without the conversation: `python examples/engine_alone.py`. The model is made here, with random weights."""

import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import ElectraConfig, ElectraForSequenceClassification, PreTrainedTokenizerFast

from explainers import Classifier, attribute, trust

TEXT = "the printer on my desk prints nothing but stars"

# A model of your own: Classifier.load("path/to/model")
words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *sorted(set(TEXT.split()))]
inner = Tokenizer(models.WordLevel({word: place for place, word in enumerate(words)}, unk_token="[UNK]"))
inner.pre_tokenizer = pre_tokenizers.Whitespace()
inner.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
tokenizer = PreTrainedTokenizerFast(tokenizer_object=inner, pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]")
torch.manual_seed(0)
sizes = {"hidden_size": 32, "embedding_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
config = ElectraConfig(vocab_size=len(words), max_position_embeddings=64, initializer_range=0.3, **sizes)
model = ElectraForSequenceClassification(config)
classifier = Classifier(model, tokenizer, name="a tiny ELECTRA", labels=("hardware", "software"))

for label, probability in zip(classifier.labels, classifier.probabilities([TEXT])[0], strict=True):
    print("prediction ", label, f"{probability:.3f}")

explanation = attribute(classifier, TEXT, method="integrated_gradients")
print("attribution", {piece.text: round(piece.score, 3) for piece in explanation.top(3)}, "for", explanation.target)
print("gap        ", f"{explanation.gap:.1%} of the change is not accounted for, after {explanation.passes} gradients")

measured = trust(classifier, TEXT, explanation)
print("trust      ", measured.level, f"({measured.faithfulness.gap:.2f} above random rankings)")
