"""Where the work runs: the device a setting names, and what that device does fast."""

from __future__ import annotations

from explainers.errors import AskWhyError

KINDS = ("cpu", "cuda", "mps")


def choose_device(name: str) -> str:
    """A torch device name: "auto" is CUDA where there is one.

    Raises AskWhyError for a device that this machine does not have.
    """
    import torch

    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    kind, _, number = name.partition(":")
    if kind not in KINDS or not (number or "0").isdecimal():
        raise AskWhyError(f"There is no device '{name}'; choose from auto, cpu, cuda, cuda:1 and so on, and mps.")
    here = {
        "cpu": 1,
        "cuda": torch.cuda.device_count() if torch.cuda.is_available() else 0,
        "mps": int(torch.backends.mps.is_available()),
    }
    if int(number or 0) >= here[kind]:
        raise AskWhyError(f'The device \'{name}\' is not on this machine; set device = "auto" or "cpu".')
    return name


def has_fast_bf16(device: str) -> bool:
    """Whether bfloat16 arithmetic is native to the device, so that it is faster than float32."""
    import torch

    if device != "cpu":
        return torch.cuda.is_available() and torch.cuda.is_bf16_supported()
    supported = getattr(torch.cpu, "_is_avx512_bf16_supported", None)  # torch offers no public question for this
    return bool(supported and supported())
