// Runs once for each pane: `element` is the pane, `trigger` tells the server. Clicks are caught here, whatever is drawn.
const busy = () => [...document.querySelectorAll(".aw-stop")].some((one) => one.offsetParent !== null);
let last = null; // what was used last keeps the keyboard's focus when the pane is drawn anew

function ask(command, said) {
  if (!busy()) trigger("select", { ask: command, said: said || command });
}

function view(change, key) {
  last = key;
  trigger("input", { view: change });
}

function closeMenu(back) {
  const open = element.querySelector(".aw-w[aria-expanded=true]");
  const menu = element.querySelector(".aw-menu");
  if (menu) menu.hidden = true;
  if (open) {
    open.setAttribute("aria-expanded", "false");
    if (back) open.focus();
  }
}

function fill(template, word, quoted) {
  const values = { word: quoted ? JSON.stringify(word.dataset.word) : word.dataset.word, which: word.dataset.which };
  return template.replace(/\[\[(word|which)\]\]/g, (_, name) => values[name]);
}

function openMenu(word) {
  const menu = element.querySelector(".aw-menu");
  const was = word.getAttribute("aria-expanded") === "true";
  closeMenu(false);
  if (!menu || was) return;
  word.setAttribute("aria-expanded", "true");
  menu.querySelector(".aw-menu-about").textContent = "“" + word.dataset.word + "”  " + (word.title || "");
  for (const item of menu.querySelectorAll("[data-template]")) {
    item.textContent = fill(item.dataset.label, word, false);
    item.dataset.said = item.textContent;
    item.dataset.ask = fill(item.dataset.template, word, true);
  }
  menu.hidden = false;
  const home = menu.parentElement.getBoundingClientRect();
  const at = word.getBoundingClientRect();
  menu.style.top = at.bottom - home.top + 4 + "px";
  menu.style.left = Math.max(0, Math.min(at.left - home.left, home.width - menu.offsetWidth)) + "px";
  menu.querySelector("[data-template]").focus();
}

element.addEventListener("click", (event) => {
  const word = event.target.closest(".aw-w");
  if (word) return openMenu(word);
  const asks = event.target.closest("[data-ask]");
  if (asks) {
    closeMenu(true);
    return ask(asks.dataset.ask, asks.dataset.said);
  }
  const views = event.target.closest("[data-view]:not(select):not(input)");
  if (views) return view(JSON.parse(views.dataset.view), views.dataset.key);
  if (!event.target.closest(".aw-menu")) closeMenu(false);
});

element.addEventListener("change", (event) => {
  const name = event.target.dataset && event.target.dataset.field;
  if (name) view({ [name]: event.target.value }, event.target.dataset.key);
});

// arrow keys go from word to word and within a menu; only one of them is a stop of the tab key
element.addEventListener("keydown", (event) => {
  const one = event.target.closest(".aw-w, .aw-menu [data-template], [data-roving]");
  if (event.key === "Escape") return closeMenu(true);
  if (!one) return;
  if ((event.key === "Enter" || event.key === " ") && one.tagName !== "BUTTON") {
    event.preventDefault();
    return one.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  }
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const kind = one.matches(".aw-w") ? ".aw-w" : one.matches("[data-roving]") ? "[data-roving]" : ".aw-menu [data-template]";
  const all = [...element.querySelectorAll(kind)];
  const next = all[all.indexOf(one) + step];
  if (!next) return;
  if (kind !== ".aw-menu [data-template]") {
    one.setAttribute("tabindex", "-1");
    next.setAttribute("tabindex", "0");
  }
  next.focus();
});

watch("value", () => {
  const again = last && [...element.querySelectorAll("[data-key]")].find((one) => one.dataset.key === last);
  if (again) again.focus({ preventScroll: true });
  last = null;
});
