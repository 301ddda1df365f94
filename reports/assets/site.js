// What the pages do beyond showing: sort, filter, values under the pointer, the table of one chart as a file.
"use strict";

const SVG = "http://www.w3.org/2000/svg";
const DAY_MS = 86400000;

/* Tables that sort: a button in each head; empty cells stand last either way. */

function keyOf(row, place) {
  const cell = row.cells[place];
  const said = cell.dataset.v ?? cell.textContent.trim();
  if (said === "") return null;
  const number = Number(said.replace(/,/g, ""));
  return Number.isNaN(number) ? said.toLowerCase() : number;
}

function compareKeys(one, other, turn) {
  if (one === null || other === null) return (one === null) - (other === null);
  if (typeof one === "number" && typeof other === "number") return turn * (one - other);
  return turn * String(one).localeCompare(String(other));
}

function sortBy(table, head, place) {
  const first = head.classList.contains("n") ? "descending" : "ascending";
  const other = first === "ascending" ? "descending" : "ascending";
  const order = head.getAttribute("aria-sort") === first ? other : first;
  for (const one of table.tHead.rows[0].cells) one.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", order);
  const turn = order === "ascending" ? 1 : -1;
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row) => [keyOf(row, place), row]);
  rows.sort((a, b) => compareKeys(a[0], b[0], turn));
  body.append(...rows.map((pair) => pair[1]));
}

function makeSortable(table) {
  [...table.tHead.rows[0].cells].forEach((head, place) => {
    if ("fixed" in head.dataset) return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sortBy(table, head, place));
    head.append(button);
  });
}

/* The board: a name, a kind, a state. */

function makeFilter() {
  const [find, kind, state, count] = ["find", "kind", "state", "count"].map((id) => document.getElementById(id));
  if (!find) return;
  find.closest(".tools").hidden = false;
  const rows = [...document.querySelectorAll(".board tbody tr")];
  const sections = [...document.querySelectorAll("section[data-kind]")];
  function apply() {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const fits = words.every((word) => row.dataset.name.includes(word)) && (!state.value || row.dataset.state === state.value);
      row.hidden = !fits;
    }
    for (const section of sections) {
      const left = section.querySelectorAll("tbody tr:not([hidden])").length;
      section.hidden = (kind.value && section.dataset.kind !== kind.value) || left === 0;
      if (!section.hidden) shown += left;
    }
    count.textContent = `${shown} of ${rows.length} shown`;
  }
  for (const one of [find, kind, state]) one.addEventListener("input", apply);
  apply();
}

/* Charts: the point nearest to the pointer, or the next one with the arrow keys; its words come from the table. */

function pointsOf(figure) {
  const heads = [...figure.querySelectorAll("thead th")].map((head) => head.textContent);
  const rows = [...figure.querySelectorAll("tbody tr")].reverse();
  return rows.map((row) => {
    const cells = [...row.cells].map((cell) => cell.textContent);
    const day = cells[0].length === 4 ? Date.UTC(cells[0], 6, 1) : Date.parse(cells[0]);
    return { day: day / DAY_MS, value: Number(cells[1].replace(/,/g, "")), said: cells, heads };
  }).filter((point) => !Number.isNaN(point.value));
}

function wordsOf(point) {
  const [day, value, ...more] = point.said;
  const rest = more.map((word, place) => `${point.heads[place + 2]}: ${word}`).filter((word) => !word.endsWith(": -"));
  return [`${day}: ${value}`, ...rest];
}

function makeLive(figure) {
  let points = null;
  for (const canvas of figure.querySelectorAll(".canvas")) {
    const svg = canvas.querySelector("svg.chart");
    if (!svg) continue;
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "group");
    canvas.setAttribute("aria-label", `${svg.getAttribute("aria-label")}: arrow keys tell the points`);
    const [x0, x1, left, right] = svg.dataset.x.split(" ").map(Number);
    const [y0, y1, top, bottom] = svg.dataset.y.split(" ").map(Number);
    const across = (day) => left + ((right - left) * (day - x0)) / (x1 - x0);
    const down = (value) => bottom - ((bottom - top) * (value - y0)) / (y1 - y0);
    const hair = document.createElementNS(SVG, "line");
    const here = document.createElementNS(SVG, "circle");
    const tip = document.createElement("div");
    hair.setAttribute("class", "hair");
    here.setAttribute("class", "here");
    here.setAttribute("r", 4);
    tip.className = "tip";
    tip.setAttribute("role", "status");
    let place = null;
    function show(next) {
      points ??= pointsOf(figure);
      if (!points.length) return;
      place = Math.max(0, Math.min(points.length - 1, next));
      const point = points[place];
      const [x, y] = [across(point.day), down(point.value)];
      for (const [name, value] of [["x1", x], ["x2", x], ["y1", top], ["y2", bottom]]) hair.setAttribute(name, value);
      here.setAttribute("cx", x);
      here.setAttribute("cy", y);
      if (!tip.isConnected) { svg.append(hair, here); canvas.append(tip); }
      tip.replaceChildren(...wordsOf(point).map((word) => Object.assign(document.createElement("div"), { textContent: word })));
      const scale = canvas.clientWidth / svg.viewBox.baseVal.width;
      const room = canvas.clientWidth - tip.offsetWidth;
      tip.style.left = `${Math.max(0, Math.min(room, x * scale + 12 > room ? x * scale - tip.offsetWidth - 12 : x * scale + 12))}px`;
      tip.style.top = `${Math.max(0, y * scale - tip.offsetHeight - 8)}px`;
    }
    function hide() { hair.remove(); here.remove(); tip.remove(); }
    function near(event) {
      points ??= pointsOf(figure);
      const x = ((event.clientX - canvas.getBoundingClientRect().left) * svg.viewBox.baseVal.width) / canvas.clientWidth;
      let best = 0;
      points.forEach((point, at) => { if (Math.abs(across(point.day) - x) < Math.abs(across(points[best].day) - x)) best = at; });
      show(best);
    }
    canvas.addEventListener("pointermove", near);
    canvas.addEventListener("pointerdown", near);
    canvas.addEventListener("pointerleave", hide);
    canvas.addEventListener("blur", hide);
    canvas.addEventListener("keydown", (event) => {
      points ??= pointsOf(figure);
      const steps = { ArrowLeft: (place ?? points.length) - 1, ArrowRight: (place ?? -1) + 1, Home: 0, End: points.length - 1 };
      if (event.key === "Escape") hide();
      if (!(event.key in steps)) return;
      event.preventDefault();
      show(steps[event.key]);
    });
  }
}

/* The table of one chart as a file; without this script the links give the histories of the whole subject. */

function tableRows(table) {
  return [...table.rows].map((row) => [...row.cells].map((cell) => cell.textContent));
}

function asCsv(rows) {
  return rows.map((row) => row.map((word) => (/[",\n]/.test(word) ? `"${word.replace(/"/g, '""')}"` : word)).join(",")).join("\n") + "\n";
}

function asJson(rows) {
  const [heads, ...rest] = rows;
  return JSON.stringify(rest.map((row) => Object.fromEntries(heads.map((head, at) => [head, row[at]]))), null, 1);
}

function makeTakable(figure) {
  for (const link of figure.querySelectorAll(".get a[data-form]")) {
    link.download = `${location.pathname.split("/").pop().replace(".html", "")}-${figure.id}.${link.dataset.form}`;
    link.addEventListener("click", () => {
      const rows = tableRows(figure.querySelector("table"));
      const text = link.dataset.form === "csv" ? asCsv(rows) : asJson(rows);
      link.href = URL.createObjectURL(new Blob([text], { type: link.dataset.form === "csv" ? "text/csv" : "application/json" }));
    });
  }
}

document.querySelectorAll("table[data-sortable]").forEach(makeSortable);
makeFilter();
document.querySelectorAll("figure.plot[data-metric]").forEach((figure) => { makeLive(figure); makeTakable(figure); });
