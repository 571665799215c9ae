// Runs once, when the page is there. Gradio would scroll to an answer's end; whoever reads begins at its first line. So the
// last question is kept at the top of the conversation, as far as there is an answer to fill it, until the reader scrolls.
() => {
  const SCROLLS = ["PageUp", "PageDown", "ArrowUp", "ArrowDown", "Home", "End"];
  let turn = 0;
  let away = false;

  const scroller = (row) => {
    let one = row.parentElement;
    while (one && !["auto", "scroll"].includes(getComputedStyle(one).overflowY)) one = one.parentElement;
    return one;
  };

  function follow() {
    const rows = document.querySelectorAll(".aw-chat .user-row");
    if (rows.length !== turn) {
      away = false;
      turn = rows.length;
      // where what was clicked is far from the conversation, as on a phone
      if (turn) rows[turn - 1].closest(".aw-chat").scrollIntoView({ block: "nearest" });
    }
    const box = turn && !away ? scroller(rows[turn - 1]) : null;
    if (box) box.scrollTop += rows[turn - 1].getBoundingClientRect().top - box.getBoundingClientRect().top;
  }

  const leave = (event) => { if (event.target.closest && event.target.closest(".aw-chat")) away = true; };
  document.addEventListener("wheel", leave, { passive: true });
  document.addEventListener("touchmove", leave, { passive: true });
  document.addEventListener("keydown", (event) => { if (SCROLLS.includes(event.key)) leave(event); });
  document.addEventListener("pointerdown", (event) => {
    const row = document.querySelector(".aw-chat .user-row");
    if (row && event.target === scroller(row)) away = true; // its scroll bar
  });

  let waiting = false;
  new MutationObserver((changes) => {
    if (waiting || !changes.some((change) => change.target.closest && change.target.closest(".aw-chat"))) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; follow(); });
  }).observe(document.body, { childList: true, subtree: true });
}
