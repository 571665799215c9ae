"""How a conversation goes on: what a short question means after an explanation, an edit or a list, where a small language model
reads it as if it stood alone.
"""

from __future__ import annotations

import re
from dataclasses import replace

from explainers.attribution import METHODS

from assistant.conversation import Conversation
from assistant.focusing import focused
from assistant.methods import SIGNS, named_methods
from assistant.operation import build
from assistant.parsing.checking import asks, checking
from assistant.parsing.mending import OF_A_TEXT
from assistant.pointing import says
from assistant.programs.conditions import Compare, Previous, Typed, leaves
from assistant.programs.program import Program, Registry
from assistant.rewording import reworded
from assistant.saying.wording import wording

EXPLAINING = frozenset(("attribute", "compare", "trust"))  # operations on one explanation or two
OTHERS = ("lime", "kernel_shap")  # the methods that "another one" may mean
PHONE = 6  # signs of a number to call, at the least
LEAST = 2  # words of a text that is typed by itself


def gone_on(question: str, program: Program, conversation: Conversation, noun: tuple[str, str], registry: Registry) -> Program:
    """The program that the question means after the turns before it; `noun` is what one row and several are called."""
    program = back_to_start(question, reworded(question, program, conversation, registry), conversation, registry)
    program = typed_anew(question, program, conversation, registry)
    program = of_methods(question, program, conversation, registry)
    program = shared_words(question, focused(question, program, conversation, registry), conversation, registry)
    program = the_number(question, how_much_of_that(question, program, conversation, registry), conversation, registry)
    return a_row(question, how_many(question, program, noun, registry), noun, registry)


def the_number(question: str, program: Program, conversation: Conversation, registry: Registry) -> Program:
    """The program that changes the number to call, where a text holds others too."""
    focus, given = conversation.focus, program.steps[-1].given() if program.steps[-1].name == "edit" else {}
    if focus is None or program.where is not None or given.get("part") != "number" or not asks("phone", question):
        return program
    numbers = sorted(re.findall(r"\+?\d[\d-]*(?: \d[\d-]*)*", focus.text), key=_digits)
    if not numbers or _digits(numbers[-1]) < PHONE or (len(numbers) > 1 and _digits(numbers[-2]) >= PHONE):
        return program
    kept = {name: value for name, value in given.items() if name not in ("part", "which")}
    return replace(program, steps=(*program.steps[:-1], build(registry["edit"], kept | {"old": numbers[-1]})))


def _digits(number: str) -> int:
    return sum(map(str.isdigit, number))


def how_much_of_that(question: str, program: Program, conversation: Conversation, registry: Registry) -> Program:
    """The program that measures what was just explained: "what does precision mean?", "and what is yours for spam?"."""
    last = conversation.understood.program.steps[-1].given() if conversation.understood is not None else {}
    metric = SIGNS.sub("_", str(last.get("term", "")).casefold())
    given = program.steps[0].given()
    known = registry["score"].arguments()["metric"].kind.choices
    if metric not in known or len(program.steps) != 1 or given.get("metric") or not asks("its_own", question):
        return program
    chosen = leaves(program.where) if program.where is not None else ()
    named = [leaf.value for leaf in chosen if isinstance(leaf, Compare) and leaf.field in ("label", "prediction")]
    label = named[0] if named else given.get("class")
    return Program(None, (build(registry["score"], {"metric": metric} | ({"class": label} if label else {})),))


def here(program: Program, conversation: Conversation) -> Program:
    """The program about the text in question, where it names the row that this is: two such readings are the same."""
    focus = conversation.focus
    same = focus is not None and focus.row is not None and not focus.edits and program.where == Compare("id", "=", focus.row)
    return replace(program, where=None) if same else program


def of_methods(question: str, program: Program, conversation: Conversation, registry: Registry) -> Program:
    """The program that compares two explanations of one text, where the question asks where these differ and the last answer gave
    one by another method, by the two methods that it names, where it does; or the one that finds the most faithful method, where
    it asks which of several to trust."""
    named, last_with = named_methods(question), program.steps[-1].given().get("with")
    with_ = last_with.get("method") if isinstance(last_with, dict) else None
    if [step.name for step in program.steps] == ["compare"] and len(named) == 2 and with_ in named:
        first = next(name for name in named if name != with_)
        return replace(program, steps=(build(registry["attribute"], {"method": first}), *program.steps))
    last = conversation.program.steps[-1] if conversation.program is not None else None
    explained = last is not None and last.name in EXPLAINING
    known = any(step.name == "ask" or step.given().get("method") == "best" for step in program.steps)
    if explained and asks("which_to_trust", question) and not known:
        return Program(None, (build(registry["attribute"], {"method": "best"}),))
    if explained and any(step.given().get("method") == "best" for step in program.steps) and asks("another_method", question):
        other = next(method for method in OTHERS if method != getattr(last, "method", None))
        return Program(None, (build(registry["compare"], {"with": {"method": other}}),))
    again = last is not None and last.name == "attribute" and getattr(last, "method", None) is not None
    label = last_with.get("class") if isinstance(last_with, dict) else None
    both = says(question, "both_methods") or (label is not None and label.casefold() not in question.casefold())
    leans = isinstance(program.where, Previous) or here(program, conversation).where is None
    two = both or asks("as_before", question) or (leans and program.steps == (build(registry["compare"], {}),))
    if not again or not two or not says(question, "differ"):
        return program
    before = _explained_before(conversation)
    if before is None or before == last.method:
        return Program(None, (build(registry["compare"], {}),))
    first = build(registry["attribute"], {"method": before})
    return Program(None, (first, build(registry["compare"], {"with": {"method": last.method}})))


def shared_words(question: str, program: Program, conversation: Conversation, registry: Registry) -> Program:
    """The program that compares the words of what was just compared, where the frequent words of all rows were read."""
    last, names = conversation.program, [step.name for step in program.steps]
    compared = last is not None and last.steps[-1].name == "compare"
    if not compared or names != ["keywords"] or program.where is not None or not asks("shared", question):
        return program
    step = build(registry["compare"], last.steps[-1].given() | {"by": "words"})
    return replace(last, steps=(*last.steps[:-1], step))


def _explained_before(conversation: Conversation) -> str | None:
    """The method that the text in question was explained by in the answer before the last, if it was."""
    earlier = conversation.understood.before if conversation.understood is not None else None
    if earlier is None or earlier.program is None or conversation.focus is None or not conversation.focus.same_as(earlier.focus):
        return None
    method = getattr(earlier.program.steps[-1], "method", None) if earlier.program.steps[-1].name == "attribute" else None
    return method if method in METHODS else None


def back_to_start(question: str, program: Program, conversation: Conversation, registry: Registry) -> Program:
    """The program that takes back all edits, where the question says so and one or some were read as taken back."""
    edited = conversation.focus is not None and conversation.focus.edits
    first = build(registry["reset"], {})
    of_text = program.where is None and {step.name for step in program.steps} <= OF_A_TEXT
    if edited and of_text and asks("original_text", question):
        return replace(program, steps=(first, *program.steps))
    if not edited or not asks("to_start", question):
        return program
    if program.steps == (build(registry["undo"], {}),):
        return replace(program, steps=(first,))
    # "back to my sentence. What is the smallest change?"
    return replace(program, steps=(first, *program.steps)) if of_text and asks("to_start_first", question) else program


def typed_anew(question: str, program: Program, conversation: Conversation, registry: Registry) -> Program:
    """The program that classifies a text that is typed, where the last request is none to make of another text, as an edit is;
    and where just such a text was said in Latin letters, amid Korean."""
    names, last = [step.name for step in program.steps], conversation.program
    again = names == ["repeat"] and not program.steps[0].given() and isinstance(program.where, Typed)
    searched = last is not None and last.steps[-1].name == "counterfactual"  # a change to a class that this text may be of
    if again and last is not None and (searched or not {step.name for step in last.steps} <= OF_A_TEXT):
        return replace(program, steps=(build(registry["predict"], {}),))
    last_said = conversation.understood.question if conversation.understood is not None else ""
    alone = re.search("[가-힣]", last_said) and not re.search("[가-힣]", question) and len(question.split()) >= LEAST
    if alone and names == ["decline"] and program.where is None:
        return Program(Typed(question), (build(registry["predict"], {}),))
    return program


def how_many(question: str, program: Program, noun: tuple[str, str], registry: Registry) -> Program:
    """The program that counts rows, where "how many messages did you have" was taken for a question to the documents, or how many
    rows there are, which are called sentences, for how many of these a row has."""
    called = re.match(rf"(?:and |so )?how many {re.escape(noun[1])}\b", question, re.IGNORECASE)
    asked = called is not None and [step.name for step in program.steps] == ["ask"]
    korean = re.search(checking()["how_many_rows"].replace("{noun}", re.escape(wording("ko").noun(noun)[0])), question)
    measured = [step.name for step in program.steps] == ["statistics"] and program.steps[0].given().get("of") == "sentences"
    asked = asked or (korean is not None and measured and program.where is None)
    return Program(None, (build(registry["count"], {}),)) if asked else program


def a_row(question: str, program: Program, noun: tuple[str, str], registry: Registry) -> Program:
    """The program that shows a row of a class, where a row is called what parts of a text are called too, and the parts that
    speak for that class were read: "pick a sentence that sounds really negative"."""
    given = program.steps[0].given() if [step.name for step in program.steps] == ["attribute"] else {}
    label = given.get("class")
    if program.where is not None or label is None or given.get("unit") != noun[0].casefold():
        return program
    if not re.search(checking()["find_a_row"].replace("{noun}", re.escape(noun[0])), question):
        return program
    return Program(Compare("prediction", "=", label), (build(registry["show"], {"n": 1, "by": "confidence"}),))
