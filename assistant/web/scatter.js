// The map of one pane, after pane.js, whose names it uses. Points are drawn on a canvas; what is drawn is all there is here.
const RADIUS = 3.2, REACH = 12, EDGE = 8;
let points = [], texts = [], path = null, pointed = -1;

const canvas = () => element.querySelector("canvas.aw-map");

const SHAPES = [
  (c, x, y, r) => c.arc(x, y, r, 0, 7),
  (c, x, y, r) => c.rect(x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8),
  (c, x, y, r) => polygon(c, [[x, y - r * 1.2], [x + r * 1.1, y + r * 0.8], [x - r * 1.1, y + r * 0.8]]),
  (c, x, y, r) => polygon(c, [[x, y - r * 1.3], [x + r * 1.1, y], [x, y + r * 1.3], [x - r * 1.1, y]]),
  (c, x, y, r) => { c.rect(x - r * 1.2, y - r * 0.4, r * 2.4, r * 0.8); c.rect(x - r * 0.4, y - r * 1.2, r * 0.8, r * 2.4); },
  (c, x, y, r) => {
    const a = r * 1.25, b = r * 0.45;
    polygon(c, [[x - a, y - a + b], [x - a + b, y - a], [x + a, y + a - b], [x + a - b, y + a]]);
    polygon(c, [[x + a - b, y - a], [x + a, y - a + b], [x - a + b, y + a], [x - a, y + a - b]]);
  },
  (c, x, y, r) => polygon(c, [[x, y + r * 1.2], [x + r * 1.1, y - r * 0.8], [x - r * 1.1, y - r * 0.8]]),
  (c, x, y, r) => { c.arc(x, y, r, 0, 7); c.arc(x, y, r * 0.55, 0, 7, true); },
];

function polygon(c, corners) {
  corners.forEach(([x, y], place) => (place ? c.lineTo(x, y) : c.moveTo(x, y)));
  c.closePath();
}

function load() {
  const box = canvas();
  points = [];
  pointed = -1;
  if (!box) path = null; // otherwise a line that is being drawn goes on over the new map
  if (!box) return;
  const told = box.dataset.points;
  for (let at = 0; at < told.length; at += 8) {
    points.push({ x: +told.slice(at, at + 3) / 999, y: +told.slice(at + 3, at + 6) / 999, code: told[at + 6], on: +told[at + 7] });
  }
  texts = box.dataset.texts.split("\n");
  paint();
}

function place(point, box) {
  return [EDGE + point.x * (box.clientWidth - 2 * EDGE), EDGE + point.y * (box.clientHeight - 2 * EDGE)];
}

function paint() {
  const box = canvas();
  if (!box || !box.clientWidth) return;
  const dense = window.devicePixelRatio || 1;
  box.width = box.clientWidth * dense;
  box.height = box.clientHeight * dense;
  const c = box.getContext("2d"), style = getComputedStyle(box);
  const colour = (code) => "rgb(" + style.getPropertyValue(code === "-" ? "--aw-c7" : "--aw-c" + code) + ")";
  c.scale(dense, dense);
  for (const layer of [0, 1]) { // what is not selected lies below, and fainter
    for (const code of "-70123465") {
      c.beginPath();
      c.fillStyle = colour(code);
      c.globalAlpha = layer ? 0.75 : 0.16;
      for (const point of points) {
        if (point.code !== code || (point.on ? 1 : 0) !== layer) continue;
        const [x, y] = place(point, box);
        const shape = SHAPES[code === "-" ? 7 : +code];
        c.moveTo(x + RADIUS, y);
        shape(c, x, y, RADIUS);
      }
      c.fill();
    }
  }
  c.globalAlpha = 1;
  c.strokeStyle = style.color;
  c.lineWidth = 2;
  points.forEach((point, index) => {
    if (point.on !== 2 && index !== pointed) return;
    const [x, y] = place(point, box);
    c.beginPath();
    c.arc(x, y, point.on === 2 ? RADIUS * 2.4 : RADIUS * 1.9, 0, 7);
    c.stroke();
  });
  if (!path) return;
  c.setLineDash([5, 4]);
  c.beginPath();
  polygon(c, outline(box));
  c.stroke();
}

function outline(box) {
  if (box.dataset.tool === "loop") return path;
  const [[x, y], [u, v]] = [path[0], path[path.length - 1]];
  return [[x, y], [u, y], [u, v], [x, v]];
}

function inside(x, y, corners) {
  let within = false;
  for (let i = 0, j = corners.length - 1; i < corners.length; j = i++) {
    const [a, b] = corners[i], [p, q] = corners[j];
    if ((b > y) !== (q > y) && x < ((p - a) * (y - b)) / (q - b) + a) within = !within;
  }
  return within;
}

function nearest(x, y, box) {
  let found = -1, least = REACH * REACH;
  points.forEach((point, index) => {
    const [u, v] = place(point, box), far = (u - x) ** 2 + (v - y) ** 2;
    if (far < least) [found, least] = [index, far];
  });
  return found;
}

function pointAt(index) {
  pointed = index;
  const said = element.querySelector(".aw-map-said");
  if (said) said.textContent = index < 0 ? "" : texts[index];
  paint();
}

function pick(chosen) {
  if (!chosen.length) {
    element.querySelector(".aw-map-said").textContent = canvas().dataset.none;
    return;
  }
  if (busy()) return document.dispatchEvent(new CustomEvent("aw-busy"));
  trigger("select", { points: chosen });
}

element.addEventListener("pointerdown", (event) => {
  if (!event.target.matches("canvas.aw-map") || event.button) return;
  event.target.setPointerCapture(event.pointerId);
  path = [[event.offsetX, event.offsetY]];
});

element.addEventListener("pointermove", (event) => {
  if (!event.target.matches("canvas.aw-map")) return;
  if (path && !event.buttons) path = null; // let go outside
  if (!path) return pointAt(nearest(event.offsetX, event.offsetY, event.target));
  path.push([event.offsetX, event.offsetY]);
  paint();
});

element.addEventListener("pointerup", (event) => {
  if (!path || !event.target.matches("canvas.aw-map")) return;
  const box = event.target, [first, last] = [path[0], [event.offsetX, event.offsetY]];
  const far = Math.max(...path.map(([x, y]) => Math.hypot(x - first[0], y - first[1])));
  path.push(last);
  const corners = outline(box);
  path = null;
  if (far < 5) {
    const one = nearest(last[0], last[1], box);
    pick(one < 0 ? [] : [one]);
  } else {
    pick([...points.keys()].filter((index) => inside(...place(points[index], box), corners)));
  }
  paint();
});

element.addEventListener("pointercancel", () => { path = null; paint(); });

// the keyboard goes from left to right through the points
element.addEventListener("keydown", (event) => {
  if (!event.target.matches("canvas.aw-map") || !points.length) return;
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    const order = [...points.keys()].sort((one, other) => points[one].x - points[other].x);
    const next = pointed < 0 ? 0 : Math.min(Math.max(order.indexOf(pointed) + step, 0), order.length - 1);
    pointAt(order[next]);
  } else if ((event.key === "Enter" || event.key === " ") && pointed >= 0) {
    event.preventDefault();
    pick([pointed]);
  }
});

watch("value", load);
new ResizeObserver(paint).observe(element);
load();
