"""Where the work runs: the device a setting names, and what that device does fast."""

from __future__ import annotations

from explainers.errors import AskWhyError


def choose_device(name: str) -> str:
    """A torch device name: "auto" is CUDA where there is one.

    Raises AskWhyError when CUDA is asked for and there is none.
    """
    import torch

    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if name.startswith("cuda") and not torch.cuda.is_available():
        raise AskWhyError(f'The device \'{name}\' is not on this machine; set device = "auto" or "cpu".')
    return name


def has_fast_bf16(device: str) -> bool:
    """Whether bfloat16 arithmetic is native to the device, so that it is faster than float32."""
    import torch

    if device != "cpu":
        return torch.cuda.is_available() and torch.cuda.is_bf16_supported()
    supported = getattr(torch.cpu, "_is_avx512_bf16_supported", None)  # torch offers no public question for this
    return bool(supported and supported())
