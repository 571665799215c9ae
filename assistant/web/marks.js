// Runs once for the page: a mark of a plot that is clicked, in the chat or beside it, is asked. While an answer is being
// worked on nothing more is asked: a sign says so. Other scripts ask for the sign by the event "aw-busy".
const busy = () => [...document.querySelectorAll(".aw-stop")].some((one) => one.offsetParent !== null);
let hiding = 0;

function sign() {
  const box = element.querySelector(".aw-sign");
  box.textContent = "";
  box.hidden = false;
  requestAnimationFrame(() => { box.textContent = box.dataset.text; }); // said anew each time
  clearTimeout(hiding);
  hiding = setTimeout(() => { box.hidden = true; }, 4000);
}

document.addEventListener("aw-busy", sign);

document.addEventListener("click", (event) => {
  const mark = event.target.closest && event.target.closest("button.aw-pick[value]");
  if (!mark) return;
  event.preventDefault();
  if (busy()) return sign();
  trigger("select", { ask: mark.value, said: mark.value });
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || !event.target.closest(".aw-box") || !busy()) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  sign();
}, true);
