"""What the page does wherever it is clicked: marks of plots are asked, and a sign says when an answer is not done yet."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

from assistant.showing.escaping import attribute
from assistant.showing.texts import interface

SCRIPT = Path(__file__).with_suffix(".js").read_text("utf-8")


def marks() -> gr.HTML:
    """A part without a look of its own, whose `select` tells what was clicked; its sign is seen for a moment."""
    sign = f'<div class="aw-sign" role="status" data-text="{attribute(interface()["busy"])}" hidden></div>'
    return gr.HTML(sign, elem_id="aw-marks", js_on_load=SCRIPT, padding=False)
