// Two to five subjects in one chart, drawn by uPlot from the scripts in data/; the choice stands in the address.
"use strict";

const LEAST = 2, MOST = 5;
const DASHES = [[], [10, 4], [2, 4], [12, 4, 2, 4], [5, 3]];  // lines differ in more than their colour
const [add, what, said, chosenList, canvas] = ["add", "what", "said", "chosen", "canvas"].map((id) => document.getElementById(id));
const known = [...add.options].map((option) => option.value).filter(Boolean);
let chosen = [];
let plot = null;

function load(subject) {
  if (window.speedscore?.[subject]) return Promise.resolve();
  return new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = `data/${subject}.js`;
    script.onload = done;
    script.onerror = () => failed(new Error(`data/${subject}.js is not there`));
    document.head.append(script);
  });
}

function columns() {
  const days = [...new Set(chosen.flatMap((one) => window.speedscore[one].days))].sort((a, b) => a - b);
  const lines = chosen.map((one) => {
    const { days: own, lines: all } = window.speedscore[one];
    const by = new Map(own.map((day, at) => [day, all[what.value][at]]));
    return days.map((day) => (by.has(day) ? by.get(day) : undefined));
  });
  const from = days.findIndex((_, at) => lines.some((line) => line[at] !== null && line[at] !== undefined));
  return [days, ...lines].map((column) => column.slice(Math.max(from, 0)));
}

function colour(name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); }

function draw(data) {
  plot?.destroy();
  canvas.replaceChildren();
  if (data[0].length < 2) {
    const text = data[0].length ? "One day has published scores so far; the table below has them." : "No score of these subjects is kept yet; the table below has those of the day.";
    canvas.append(Object.assign(document.createElement("p"), { className: "empty", textContent: text }));
    return;
  }
  const axis = { stroke: colour("--soft"), grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line") }, font: "12px system-ui, sans-serif" };
  const series = chosen.map((one, at) => ({
    label: window.speedscore[one].name, stroke: colour(`--c${at + 1}`), width: 2, dash: DASHES[at], points: { show: data[0].length * 20 < canvas.clientWidth, size: 5 },
    value: (_, value) => (value === null || value === undefined ? "-" : value.toFixed(2)),
  }));
  plot = new uPlot({
    width: canvas.clientWidth, height: Math.min(360, Math.max(240, canvas.clientWidth * 0.45)),
    tzDate: (stamp) => uPlot.tzDate(new Date(stamp * 1000), "UTC"),
    scales: { y: { range: [0, 10] } }, axes: [axis, { ...axis, size: 36 }],
    series: [{ value: "{YYYY}-{MM}-{DD}" }, ...series],
  }, data, canvas);
}

function cell(kind, text, scope) {
  const made = document.createElement(kind);
  made.textContent = text;
  if (scope) made.scope = scope; else if (kind === "td") made.className = "n";
  return made;
}

function fill(table, caption, heads, rows) {
  const head = document.createElement("thead"), body = document.createElement("tbody"), title = document.createElement("caption");
  title.textContent = caption;
  title.className = "soft";
  head.insertRow().append(...heads.map((word) => cell("th", word, "col")));
  [...head.rows[0].cells].slice(1).forEach((one) => one.classList.add("n"));
  for (const [first, ...rest] of rows) body.insertRow().append(cell("th", first, "row"), ...rest.map((word) => cell("td", word)));
  table.replaceChildren(title, head, body);
}

function tables(data) {
  const names = chosen.map((one) => window.speedscore[one].name);
  const word = (value) => (value === null || value === undefined ? "-" : value.toFixed(2));
  const history = data[0].map((day, at) => [new Date(day * 1000).toISOString().slice(0, 10), ...data.slice(1).map((line) => word(line[at]))]);
  fill(document.getElementById("history"), what.selectedOptions[0].text, ["Day", ...names], history.reverse());
  const rows = [...what.options].map((option) => [option.text, ...chosen.map((one) => window.speedscore[one].said[option.value])]);
  rows.push(["Coverage", ...chosen.map((one) => window.speedscore[one].coverage)]);
  fill(document.getElementById("now"), "In brackets the range of 9 of 10 results", ["Score", ...names], rows);
}

function sample(at) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", "svg"), line = document.createElementNS(made.namespaceURI, "line");
  for (const [name, value] of Object.entries({ class: "sample", viewBox: "0 0 30 8", "aria-hidden": "true" })) made.setAttribute(name, value);
  for (const [name, value] of Object.entries({ x1: 0, x2: 30, y1: 4, y2: 4, "stroke-dasharray": DASHES[at].join(" ") })) line.setAttribute(name, value);
  made.append(line);
  return made;
}

function chips() {
  chosenList.replaceChildren(...chosen.map((one, at) => {
    const item = document.createElement("li"), name = document.createElement("b"), out = document.createElement("button");
    name.textContent = window.speedscore[one].name;
    item.style.setProperty("--mine", `var(--c${at + 1})`);
    out.type = "button";
    out.textContent = "\u00d7";
    out.setAttribute("aria-label", `Remove ${name.textContent}`);
    out.addEventListener("click", () => { choose(chosen.filter((other) => other !== one)); add.focus(); });
    item.append(sample(at), name, out);
    return item;
  }));
}

async function choose(subjects) {
  const wanted = [...new Set(subjects)].filter((one) => known.includes(one)).slice(0, MOST);
  try {
    await Promise.all(wanted.map(load));
  } catch (error) {
    said.textContent = `${error.message}; write the site anew with "speedscore report".`;
    return;
  }
  chosen = wanted;
  history.replaceState(null, "", `#${[...chosen, ...(what.value === "speed" ? [] : [`show=${what.value}`])].join(",")}`);
  said.textContent = chosen.length < LEAST ? "Choose at least two." : chosen.length === MOST ? "Five are the most." : `${chosen.length} chosen.`;
  add.disabled = chosen.length === MOST;
  document.getElementById("plot-title").textContent = what.selectedOptions[0].text;
  chips();
  const data = columns();
  draw(data);
  tables(data);
}

function start() {
  document.getElementById("compare").hidden = false;
  const asked = decodeURIComponent(location.hash.slice(1)).split(",").filter(Boolean);
  const shown = asked.find((word) => word.startsWith("show="));
  if (shown && [...what.options].some((option) => option.value === shown.slice(5))) what.value = shown.slice(5);
  const named = asked.filter((one) => known.includes(one));
  choose(named.length >= LEAST ? named : [...new Set([...named, ...known])].slice(0, Math.max(LEAST, Math.min(3, known.length))));
}

function take(id, form, kind) {
  document.getElementById(id).addEventListener("click", (event) => {
    const text = form(tableRows(document.getElementById("history")));
    event.currentTarget.href = URL.createObjectURL(new Blob([text], { type: kind }));
  });
}

add.addEventListener("change", () => { if (add.value) choose([...chosen, add.value]); add.value = ""; });
what.addEventListener("change", () => choose(chosen));
window.addEventListener("hashchange", start);
window.addEventListener("resize", () => plot?.setSize({ width: canvas.clientWidth, height: plot.height }));
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { if (chosen.length) choose(chosen); });
take("csv", asCsv, "text/csv");
take("json", asJson, "application/json");
start();
