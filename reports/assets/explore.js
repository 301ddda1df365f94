// SQL over the downloads, answered by DuckDB inside the browser. Nothing of it is fetched before the reader asks for it.
"use strict";

const MOST_ROWS = 1000, ANSWER = "answer.csv";
const STEERING = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;
const LOCKED = [`set allowed_paths = ['${ANSWER}']`, "set enable_external_access = false", "set lock_configuration = true"];
const [open, needs, said, asking, query, run, stop, take, error, answer] =
  ["open", "needs", "said", "asking", "query", "run", "stop", "take", "error", "answer"].map((id) => document.getElementById(id));
const tables = [...document.querySelectorAll("[data-table]")].map((one) => one.dataset);
const waiting = new Map();
let worker = null, connection = null, last = 0;

const address = (path) => new URL(path, location.href).href;
const count = (number, word) => `${number.toLocaleString("en")} ${word}${number === 1 ? "" : "s"}`;
const legible = (text) => text.replace(STEERING, "\ufffd");

/* DuckDB's worker: a message asks, the message with its number answers. */

function ask(type, data, given = []) {
  return new Promise((done, failed) => {
    waiting.set(++last, { done, failed });
    worker.postMessage({ messageId: last, type, data }, given);
  });
}

function hear({ data: message }) {
  const asked = waiting.get(message.requestId);
  if (message.type === "INSTANTIATE_PROGRESS" && message.data.bytesLoaded) said.textContent = `Opening DuckDB: ${Math.round(message.data.bytesLoaded / 1e6)} MB`;
  if (!asked || ["INSTANTIATE_PROGRESS", "PROGRESS_UPDATE", "LOG"].includes(message.type)) return;
  waiting.delete(message.requestId);
  if (message.type === "ERROR") asked.failed(new Error(message.data.message));
  else asked.done(message.data);
}

function giveUp(why) {
  worker.terminate();
  for (const { failed } of waiting.values()) failed(new Error(why));
  waiting.clear();
}

function begin() {
  // A worker made of text obeys the policy of this page, one that is fetched would not: it can ask this site only.
  const quiet = "console.log = console.warn = console.error = () => {};";
  const text = `${quiet} importScripts(${JSON.stringify(address("duckdb/duckdb-browser-eh.worker.js"))});`;
  worker = new Worker(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
  worker.onmessage = hear;
  worker.onerror = (event) => { event.preventDefault(); giveUp("duckdb/duckdb-browser-eh.worker.js cannot be read"); };
}

const tell = (sql) => ask("RUN_QUERY", [connection, sql]);

async function bytesOf(sql) {
  await tell(`copy (${sql}) to '${ANSWER}' (header, use_tmp_file false)`);
  const bytes = await ask("COPY_FILE_TO_BUFFER", ANSWER);
  await ask("DROP_FILE", ANSWER);
  return bytes;
}

const rowsOf = async (sql) => parsed(new TextDecoder().decode(await bytesOf(sql)));

async function readTable({ table, columns }) {
  const path = `data/${table}.csv`, found = await fetch(address(path));
  if (!found.ok) throw new Error(`${path} is not there; write the site anew with "speedscore report"`);
  const bytes = new Uint8Array(await found.arrayBuffer());
  await ask("REGISTER_FILE_BUFFER", [path, bytes], [bytes.buffer]);
  await tell(`create table ${table} as from read_csv('${path}', auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', max_line_size = 10000000, columns = ${columns})`);
  await ask("DROP_FILE", path);
}

async function start() {
  begin();
  await ask("INSTANTIATE", [address("duckdb/duckdb-eh.wasm"), null]);
  await ask("OPEN", { path: ":memory:" });
  connection = await ask("CONNECT", null);
  for (const name of ["autoinstall", "autoload"]) await tell(`set ${name}_known_extensions = false`);
  said.textContent = "Reading the histories";
  for (const one of tables) await readTable(one);
  for (const sql of LOCKED) await tell(sql);
  said.textContent = `DuckDB ${(await rowsOf("select version()"))[1][0]} is open.`;
}

/* The answer: CSV, in which an empty cell is no value, and one of two quotes is an empty text. */

function parsed(text) {
  const rows = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,"\n]*))(,|\n|$)/gy)) {
    rows.at(-1).push(quoted === undefined ? plain || null : quoted.replaceAll('""', '"'));
    if (end === "\n") rows.push([]);
    if (end === "") break;
  }
  return rows.slice(0, -1);
}

function show([heads, ...rows], total) {
  const table = answer.querySelector("table"), numeric = heads.map((_, at) => rows.every((row) => row[at] === null || /^-?[\d.]+(e[+-]?\d+)?$/i.test(row[at])));
  const cell = (kind, text, at) => Object.assign(document.createElement(kind), { className: numeric[at] ? "n" : "", textContent: text === null ? "" : legible(text) });
  const head = document.createElement("thead"), body = document.createElement("tbody");
  head.insertRow().append(...heads.map((word, at) => Object.assign(cell("th", word, at), { scope: "col" })));
  for (const row of rows) body.insertRow().append(...row.map((word, at) => cell("td", word, at)));
  table.replaceChildren(Object.assign(document.createElement("caption"), { className: "soft", textContent: count(total, "row") + (total > rows.length ? `, the first ${rows.length.toLocaleString("en")} shown` : "") }), head, body);
  answer.hidden = take.hidden = false;
}

function wordsOf(message) {
  const [words, ...places] = message.replace(/\bLINE (\d+):/g, (whole, line) => `LINE ${line - 1}:`.padEnd(whole.length)).split(/\n\n(?=LINE )/);
  return legible([words, ...new Set(places.map((one) => one.trimEnd()))].join("\n\n"));
}

async function busy(work) {
  const began = performance.now();
  run.disabled = open.disabled = true;
  error.hidden = true;
  try {
    await work(() => `${((performance.now() - began) / 1000).toFixed(2)} s`);
  } catch (failure) {
    error.hidden = asking.hidden;
    error.textContent = wordsOf(failure.message);
    said.textContent = asking.hidden ? `DuckDB could not be opened: ${legible(failure.message)}.` : "";
  }
  run.disabled = open.disabled = false;
  stop.hidden = true;
}

const answerQuestion = () => busy(async (taken) => {
  answer.hidden = take.hidden = true;
  stop.hidden = false;
  said.textContent = "Running";
  await tell(`create or replace temp table answer as from (\n${query.value.replace(/[;\s]+$/, "")}\n)`);
  const [, [total]] = await rowsOf("select count(*) from answer");
  show(await rowsOf(`from answer limit ${MOST_ROWS}`), Number(total));
  said.textContent = `${count(Number(total), "row")} in ${taken()}.`;
});

open.addEventListener("click", () => busy(async () => {
  await start();
  open.hidden = needs.hidden = true;
  asking.hidden = false;
  run.parentElement.after(said);
  query.focus();
}));
run.addEventListener("click", answerQuestion);
stop.addEventListener("click", () => { giveUp("stopped"); setTimeout(() => busy(start)); });
take.addEventListener("click", () => busy(async () => {
  const href = URL.createObjectURL(new Blob([await bytesOf("from answer")], { type: "text/csv" }));
  Object.assign(document.createElement("a"), { href, download: ANSWER }).click();
}));
query.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || run.disabled) return;
  event.preventDefault();
  answerQuestion();
});
for (const one of document.querySelectorAll(".question")) one.addEventListener("click", () => { query.value = one.dataset.sql; if (!run.disabled) answerQuestion(); });
document.getElementById(location.protocol === "file:" ? "disk" : "explore").hidden = false;
