// Runs once, when the page is there. Questions and answers stand in the chat as escaped markup: what is copied from it,
// and what is edited in it, is the text that one reads.
() => {
  const BREAKS = /<br>|<\/(p|div|tr|li|h\d)>/g;

  function plain(markup) {
    const lines = markup.replace(BREAKS, "$&\n").replace(/<\/(td|th)>/g, "$&\t");
    const text = new DOMParser().parseFromString(lines, "text/html").body.textContent;
    return text.replace(/[ \t]+\n/g, "\n").replace(/\n{3,}/g, "\n\n").trim();
  }

  function asked(markup) {
    const command = new DOMParser().parseFromString(markup, "text/html").querySelector(".aw-said code");
    return command ? command.textContent : plain(markup);
  }

  let fromChat = false;
  document.addEventListener("click", (event) => { fromChat = Boolean(event.target.closest(".aw-chat")); }, true);
  if (navigator.clipboard) {
    const write = navigator.clipboard.writeText.bind(navigator.clipboard);
    navigator.clipboard.writeText = (text) => write(fromChat ? plain(text) : text);
  }
  // where a browser has no clipboard for pages, Gradio copies from a text field out of sight
  document.addEventListener("copy", (event) => {
    if (fromChat && event.target.tagName === "TEXTAREA" && event.target.style.left === "-999999px") {
      event.clipboardData.setData("text/plain", plain(event.target.value));
      event.preventDefault();
    }
  });

  // Gradio calls the examples a list, which buttons are no items of
  const group = () => document.querySelectorAll(".aw-chat .examples[role=list]").forEach((one) => one.setAttribute("role", "group"));
  group();

  new MutationObserver((changes) => {
    group();
    for (const change of changes) {
      for (const added of change.addedNodes) {
        const field = added.querySelector && (added.matches("textarea.edit-textarea") ? added : added.querySelector("textarea.edit-textarea"));
        if (!field || field.dataset.read) continue;
        field.dataset.read = "1";
        setTimeout(() => {
          field.value = asked(field.value);
          field.setAttribute("aria-label", document.querySelector(".aw-question label")?.textContent.trim() || "");
          field.dispatchEvent(new Event("input", { bubbles: true }));
          field.focus();
        });
      }
    }
  }).observe(document.body, { childList: true, subtree: true });
}
