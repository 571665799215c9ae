() => {
  // A mark such as [1] in an answer opens the passage that it stands for, in the same answer, and goes there.
  document.addEventListener("click", (event) => {
    const mark = event.target.closest && event.target.closest("a.aw-cite");
    const answer = mark && mark.closest(".aw-answer");
    if (!answer) return;
    event.preventDefault();
    for (const passage of answer.querySelectorAll("details.aw-passage")) {
      const summary = passage.querySelector("summary");
      if (!summary.textContent.trim().startsWith(mark.textContent.trim())) continue;
      passage.open = true;
      passage.scrollIntoView({ block: "nearest" });
      summary.focus({ preventScroll: true });
      return;
    }
  });
}
