"""The form for a visitor's own model and data. What it makes is for this visitor only, and one can go back at any time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from explainers.errors import AskWhyError

from assistant.access import Access
from assistant.bringing import matching
from assistant.bringing.own import UNPACKED, Wanted, assistant_of, checked, model_of, renamed, settings_file
from assistant.bringing.preview import KINDS, Preview, preview
from assistant.dialogue import Assistant
from assistant.saying import answers
from assistant.saying.wording import wording
from assistant.showing.drawing import escaped
from assistant.showing.texts import interface, language, speaking
from assistant.web.labels import Labels, word
from assistant.web.markup import filled
from assistant.web.stream import streamed
from assistant.web.visitors import Visitor, Visitors

log = logging.getLogger(__name__)
MOST = 4  # visitors who may have a model and data of their own at a time
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
Told = tuple[Any, ...]


@dataclass(frozen=True)
class Own:
    """The form under its tab; `talking` tells whether the page now talks about something else than before."""

    assistant: Assistant
    visitors: Visitors
    access: Access
    model: gr.Textbox
    file: gr.File
    columns: tuple[gr.Dropdown, ...]  # text, label, id
    noun: gr.Textbox
    check: gr.Button
    classes: gr.Textbox
    talk: gr.Button
    back: gr.Button
    shown: gr.HTML
    status: gr.HTML
    talking: gr.State

    @classmethod
    def build(cls, assistant: Assistant, visitors: Visitors, labels: Labels, access: Access) -> Own:
        def said(name: str, **more: Any) -> dict[str, Any]:
            return {"label": word("own", name), **more}

        labels.made(gr.Markdown, {"value": lambda words, about: escaped(words["own"]["intro"])})
        model = labels.made(gr.Textbox, said("model", info=word("own", "model_info")), max_length=300, elem_id="aw-own-model")
        file = labels.made(gr.File, said("file"), file_types=list(KINDS), file_count="single", type="filepath", height=120)
        shown = gr.HTML("", elem_id="aw-own-preview", padding=False)
        with gr.Row():
            columns = tuple(
                labels.made(gr.Dropdown, said(name), choices=[], visible=False, min_width=120)
                for name in ("text", "labels", "id")
            )
        noun = labels.made(gr.Textbox, said("noun", info=word("own", "noun_info")), visible=False, max_length=90)
        check = labels.made(gr.Button, {"value": word("own", "check")}, visible=False)
        classes = labels.made(
            gr.Textbox, said("classes", info=word("own", "classes_info")), visible=False, lines=3, max_lines=12, max_length=20_000
        )
        status = gr.HTML("", elem_id="aw-own-status", padding=False)
        with gr.Row():
            talk = labels.made(gr.Button, {"value": word("own", "talk")}, variant="primary", visible=False)
            back = labels.made(gr.Button, {"value": word("own", "back")}, visible=False)
        return cls(
            assistant, visitors, access, model, file, columns, noun, check, classes, talk, back, shown, status, gr.State(0)
        )

    def wire(self) -> None:
        """The steps of the form; that the page then talks about something else is for the page to follow (`talking`)."""
        fields = [self.model, self.file, *self.columns, self.noun]
        steps = [self.status, self.classes, self.talk]
        self.file.change(
            self._uploaded, self.file, [self.shown, self.status, *self.columns, self.noun, self.check, *steps[1:]], **QUIET
        )
        self.check.click(self._checked, fields, steps, **QUIET)
        self.talk.click(self._talked, [self.classes, self.talking, *fields], [self.status, self.talking, self.back], **QUIET)
        self.back.click(self._went_back, self.talking, [self.status, self.talking, self.back], **QUIET)

    def _uploaded(self, file: str | None, request: gr.Request) -> Told:
        """A look at the file, with the columns as they were guessed."""
        visitor = self.visitors.of(request.session_hash)
        visitor.brought = None
        hidden = [gr.update(visible=False)] * 5
        gone = [gr.update(visible=False)] * 2
        if not file:
            return "", "", *hidden, *gone
        with speaking(visitor.language):
            try:
                found = preview(self._allowed(Path(file)), int(self._limit * UNPACKED))
            except AskWhyError as error:
                return "", _complaint(error), *hidden, *gone
            except Exception:  # as with a turn: a visitor is never shown a traceback
                log.exception("What a visitor brought could not be looked at")
                return "", _wrong(interface()["own"]["failed"], visitor.language), *hidden, *gone
            none = (interface()["own"]["none"], "")
            choices = [(name, name) for name in found.columns]
            columns = [
                gr.update(choices=choices, value=found.text, visible=True),
                gr.update(choices=[none, *choices], value=found.label or "", visible=True),
                gr.update(choices=[none, *choices], value=found.id or "", visible=True),
            ]
            noun = gr.update(visible=True)
            return _table(found), "", *columns, noun, gr.update(visible=True), *gone

    def _checked(
        self, model: str, file: str | None, text: str, label: str, identity: str, noun: str, request: gr.Request
    ) -> Iterator[Told]:
        """Load the model and match the labels, telling how far it is."""
        visitor = self.visitors.of(request.session_hash)
        hidden = (gr.update(visible=False), gr.update(visible=False))

        def work(report: Any) -> Iterator[Any]:
            self._room(visitor)
            wanted = self._wanted(model, file, text, label, identity, noun)
            local, hub = self.access.own_machine(request.headers), self.access.known(request.headers)
            named = model_of(wanted.model, self.assistant.workspace, local=local, hub=hub)
            yield checked(wanted, named, self.assistant.workspace, self._limit, report)

        for stage, found in self._told(work, visitor):
            if found is None:
                yield stage, *hidden
                continue
            visitor.brought = found
            words = interface(visitor.language)["own"]
            classes = ", ".join(found.classifier.labels[:30])
            said = filled(words["checked"], model=found.model.name, classes=classes, count=len(found.classifier.labels))
            matched = gr.update(visible=bool(found.values), value=matching.as_text(found.matched))
            yield _status(said), matched, gr.update(visible=True)

    def _talked(
        self, classes: str, talking: int, model: str, file: str | None, text: str, label: str, identity: str, noun: str,
        request: gr.Request,
    ) -> Iterator[Told]:  # fmt: skip
        """The page talks to what was brought, if the form is still as it was checked."""
        visitor = self.visitors.of(request.session_hash)
        words = interface(visitor.language)["own"]

        def work(report: Any) -> Iterator[Any]:
            self._room(visitor)
            found = visitor.brought
            if found is None or found.wanted != self._wanted(model, file, text, label, identity, noun):
                raise AskWhyError("The file was not checked yet; check it first.")
            matched = matching.read(classes or "", found.values, found.classifier.labels)
            yield assistant_of(found, matched, self.assistant, self._limit, report)

        for stage, made in self._told(work, visitor):
            if made is None:
                yield stage, talking, gr.skip()
                continue
            visitor.own, visitor.brought = made, None
            about = made.workspace
            _, nouns = wording(visitor.language).noun(about.settings.data.noun)
            said = filled(words["talking"], model=about.classifier.name, rows=f"{len(about.dataset):,}", nouns=nouns)
            if self.access.own_machine(request.headers):  # where the file lies is of use to those who can reach it
                said += " " + filled(words["kept"], path=settings_file(made))
            yield _status(said), talking + 1, gr.update(visible=True)

    def _went_back(self, talking: int, request: gr.Request) -> Told:
        visitor = self.visitors.of(request.session_hash)
        visitor.own = None
        said = interface(visitor.language)["own"]["went_back"]
        return (
            _status(filled(said, title=self.assistant.workspace.settings.titled(visitor.language))),
            talking + 1,
            gr.update(visible=False),
        )

    @property
    def _limit(self) -> int:
        """Bytes of an upload."""
        return int(self.assistant.workspace.settings.server.upload_megabytes * 1e6)

    def _wanted(self, model: str, file: str | None, text: str, label: str, identity: str, noun: str) -> Wanted:
        """The form as it is filled in."""
        filled_in = Wanted((model or "").strip(), self._allowed(Path(file or "")), str(text), label or None, identity or None)
        return renamed(filled_in, noun or "")

    def _allowed(self, file: Path) -> Path:
        if not file.is_file():
            raise AskWhyError("There is no file yet; upload one.")
        if file.stat().st_size > self._limit:
            raise AskWhyError(f"{file.name} is larger than {self._limit / 1e6:g} MB; bring a part of it.")
        return file

    def _room(self, visitor: Visitor) -> None:
        """Raises AskWhyError when as many visitors as there is room for have something of their own; those who left make room."""
        others = [one for one in self.visitors.with_own() if one is not visitor]
        while len(others) >= MOST and others[0].left is not None:
            others.pop(0).forget_own()
        if len(others) >= MOST:
            raise AskWhyError(f"{MOST} visitors talk about data of their own already; try again later.")

    def _told(self, work: Callable[[Any], Iterator[Any]], visitor: Visitor) -> Iterator[tuple[str, Any]]:
        """What `work` does in words, with None, until its result comes. An answer that is being worked on is not disturbed; a
        question that is asked meanwhile stops this."""
        words, done = interface(visitor.language), False
        if visitor.busy:
            yield _wrong(words["busy"], visitor.language), None
            return
        yield _status(f"{words['stages']['data']} …"), None
        try:
            with visitor.working() as stop:
                for item in streamed(work, stop):
                    if isinstance(item, tuple) and len(item) == 2 and isinstance(item[0], str):
                        share = f" ({item[1]:.0%})" if item[1] else ""
                        yield _status(f"{words['stages'].get(item[0], item[0])}{share} …"), None
                    else:
                        done = True
                        yield "", item
            if not done:
                yield _status(words["stopped"]), None
        except AskWhyError as error:
            with speaking(visitor.language):
                said = _complaint(error)
            yield said, None
        except Exception:  # as with a turn: a visitor is never shown a traceback
            log.exception("What a visitor brought could not be loaded")
            yield _wrong(words["own"]["failed"], visitor.language), None


def _status(text: str) -> str:
    return f'<p class="aw-notice" role="status">{escaped(text)}</p>'


def _complaint(error: AskWhyError) -> str:
    """What was wrong, in the language of what is drawn."""
    return _wrong(answers.error(str(error), language()).text, language())


def _wrong(text: str, spoken: str) -> str:
    return f'<p class="aw-notice aw-wrong" role="alert" lang="{spoken}">{escaped(text)}</p>'


def _table(found: Preview) -> str:
    """The first rows of a file, cut where they are long."""
    words = interface()["own"]
    head = "".join(f'<th scope="col">{escaped(name[:60])}</th>' for name in found.columns[:12])
    rows = "".join(f"<tr>{''.join(f'<td>{escaped(cell[:160])}</td>' for cell in row[:12])}</tr>" for row in found.rows)
    count = filled(words["rows"], rows=f"{found.count:,}")
    table = f'<table class="aw-rows"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    return (
        f'<div class="aw-side"><p class="aw-quiet">{escaped(count)}</p><div class="aw-scroll" tabindex="0" role="region" '
        f'aria-label="{escaped(words["preview"])}">{table}</div></div>'
    )
