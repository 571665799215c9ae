"""The report as a page: whole, self-contained, and inert whatever rows and questions hold."""

from __future__ import annotations

import dataclasses
import re
from html.parser import HTMLParser

import pytest

from assistant.conversation import Conversation
from assistant.report import html as module
from assistant.report.document import report_of
from assistant.report.html import html
from assistant.showing import drawing

from ..conftest import commander, frame

HOSTILE = (
    "</style></pre></title><script>hacked()</script><img src=x onerror='hacked()'><a href=javascript:hacked()>x</a> &lt;b&gt; "
    "{{ 7919 * 7907 }} {% raw %} \u202etxet"
)
VOID = {"meta", "br"}


class Page(HTMLParser):
    """Tags with their attributes, and text; every tag is closed in order."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.text = [], [], ""
        self.feed(markup)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.open += [tag] if tag not in VOID else []

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data if "style" not in self.open else ""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A conversation about hostile rows, asked with hostile questions, and its report."""
    rows = frame(12).assign(sender=[HOSTILE] * 6 + ["bank"] * 6)
    rows["text"] = [HOSTILE + text for text in rows["text"]]
    labels = {"0": "ham", "1": "spam"}
    made = commander(tmp_path_factory.mktemp("rows"), rows, label="spam", labels=labels)
    conversation = Conversation()
    quoted = HOSTILE.replace('"', '\\"')
    for command in (
        "where id = 3 | predict | attribute", 'edit old="hacked" new="<b>x</b>"', "show n=3", "score by=sender", "keywords",
        f'where text "{quoted}" | predict | attribute unit=word',
    ):  # fmt: skip
        turn = made.ask(f"/{command}", conversation)
        assert not turn.failed, turn.reply.text
        conversation = turn.conversation
    return report_of(conversation.transcript, made.workspace)


def test_nothing_in_it_is_markup_but_its_own(hostile):
    page = Page(html(hostile))
    assert {tag for tag, _ in page.tags} <= {
        "html", "head", "meta", "title", "style", "body", "header", "main", "footer", "nav", "article", "section", "h1", "h2", "p",
        "div", "span", "dl", "dt", "dd", "small", "code", "strong", "ol", "li", "a", "pre", "br", "sup", "table", "thead", "tbody",
        "tr", "th", "td", "del", "ins",
    }  # fmt: skip
    assert not any(name.startswith("on") or name == "src" for _, attributes in page.tags for name in attributes)
    assert all(re.fullmatch(r"#q\d+", attributes["href"]) for tag, attributes in page.tags if tag == "a")
    assert sum(tag == "style" for tag, _ in page.tags) == 1
    assert "<script>hacked()</script><img src=x onerror='hacked()'>" in page.text
    assert "{{ 7919 * 7907 }}" in page.text and str(7919 * 7907) not in page.text
    assert "\u202e" not in html(hostile)


def test_it_asks_for_nothing(hostile):
    page = Page(html(hostile))
    policy = next(attributes["content"] for tag, attributes in page.tags if attributes.get("http-equiv"))
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"
    assert "script" not in {tag for tag, _ in page.tags}
    style = module.STYLE.read_text("utf-8") + drawing.STYLE.read_text("utf-8")
    assert not re.search(r"url\(|@import|http", style)


@pytest.fixture(scope="module")
def page(talk):
    conversation = talk(
        "where id = 3 | attribute method=lime", "edit kind=append new=\"free\"", "where label = spam | count", "score"
    ).conversation  # fmt: skip
    return conversation


def test_every_figure_tells_where_it_comes_from(page, workspace):
    text = Page(html(report_of(page.transcript, workspace))).text
    told = " ".join(text.split())
    assert f"Model {workspace.classifier.fingerprint}, data {workspace.dataset.fingerprint}" in told
    assert "attribute: LIME (samples " in told
    assert ", seed 13, on the rows where id = 3; computed in " in told
    assert "count, on the rows where label = spam; computed in " in told
    method = page.transcript.turns[3].results[0]["provenance"]["method"]
    assert method and f"score: {method}; computed in " in told
    for turn in page.transcript.turns:
        assert f"Command: /{turn.command}" in told
    assert "askwhy replay askwhy-report.json" in told
    assert "[data]" in told and "rows.csv" in told


def test_the_pictures_are_in_it(page, workspace):
    classes = [attributes.get("class", "") for _, attributes in Page(html(report_of(page.transcript, workspace))).tags]
    assert classes.count("aw-block aw-highlight") == 1
    assert classes.count("aw-block aw-diff") >= 1
    assert classes.count("aw-fill") >= 2
    assert any("aw-pos" in name or "aw-neg" in name for name in classes)


def test_a_copy_that_learned_is_told_of(talk, workspace):
    conversation = talk("where id = 3 | learn", "predict").conversation
    text = Page(html(report_of(conversation.transcript, workspace))).text
    assert text.count("by a copy of the model that learned (") == 1
    assert conversation.adapted.classifier.fingerprint in text


def test_a_korean_conversation_is_reported_in_korean_and_an_english_answer_in_it_stays_english(assistant):
    conversation = Conversation(language="en")
    for command in ("where id = 3 | predict", 'edit kind=append new="free"'):
        conversation = assistant.ask(f"/{command}", conversation).conversation
    for command in ("where id = 3 | attribute", "show n=2", "report"):
        turn = assistant.ask(f"/{command}", dataclasses.replace(conversation, language="ko"))
        conversation = turn.conversation
    made, markdown, _ = (file.text for block in turn.reply.blocks for file in block.files)
    assert '<html lang="ko">' in made and "같은 숫자를 다시 얻으려면" in made and "같은 숫자를 다시 얻으려면" in markdown
    english, korean = made.split('<article class="turn" id="q3">')
    assert re.search(r"before \d", english) and not re.search(r"speaks|before \d|Command|computed", korean)
    assert not re.search(r"speaks|Command|computed|The settings", markdown)
