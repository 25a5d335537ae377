// The selected model in five figures, and what it lacks.

import { byId, el, reconcile, setAttribute, setText, show } from "./dom.js";
import { count, percent, span, windowTitle } from "./format.js";
import { updateChip } from "./models.js";
import { commandName, nameNode, shorten } from "./names.js";

const NAMES_SHOWN = 4;

function listOfNames(results) {
  const strongest = [...results].sort((a, b) => (b.effect ?? 0) - (a.effect ?? 0));
  const nodes = strongest.slice(0, NAMES_SHOWN).flatMap((result, i) => [i ? ", " : "", nameNode(result.name, 18)]);
  const rest = strongest.length - NAMES_SHOWN;
  return rest > 0 ? [...nodes, ` and ${rest} more`] : nodes;
}

function tilesOf(model, windows) {
  const newest = windows.filter((each) => each.closed).at(-1);
  const open = windows.filter((each) => !each.closed).at(-1);
  const progress = open ? `${windowTitle(open.window.name)} in progress: ${count(open.provenance.rows_received)} rows` : "";
  if (!newest) {
    return [
      { label: "Newest closed window", value: "none yet", more: [progress] },
      { label: "Verdict", verdict: model.verdict, more: [model.reference ? "until the first window closes" : "nothing to compare with"] },
      { label: "Rows", value: count(model.rows), more: ["in all"] },
    ];
  }
  const drifted = newest.columns.filter((result) => result.verdict === "drifted");
  const scored = newest.performance?.metrics.accuracy;
  const labels = newest.performance ? `labels for ${percent(newest.performance.coverage)} of rows` : "no labels yet";
  return [
    { label: "Newest closed window", value: windowTitle(newest.window.name), more: [span(newest.window)] },
    { label: "Verdict", verdict: model.verdict, more: [progress] },
    { label: "Drifted columns", value: `${drifted.length} of ${newest.columns.length}`, more: listOfNames(drifted) },
    { label: "Accuracy", value: percent(scored), more: [labels] },
    { label: "Rows", value: count(newest.provenance.rows_received), more: [`in this window; ${count(model.rows)} in all`] },
  ];
}

function createTile({ label }) {
  const parts = { value: el("span", { class: "big" }), more: el("span", { class: "muted" }) };
  const tile = el("div", { class: "tile card" }, el("dt", {}, label), el("dd", {}, parts.value, parts.more));
  tile.parts = parts;
  return tile;
}

function updateTile(tile, { value, verdict, more }) {
  const { value: big, more: small } = tile.parts;
  if (verdict) updateChip(big, verdict);
  else {
    setAttribute(big, "class", "big");
    setText(big, value);
  }
  const text = more.map((part) => part.textContent ?? part).join("");
  if (small.textContent !== text) small.replaceChildren(...more);
}

function infoNodes({ info = {} }) {
  const said = [["owner", "Owner"], ["team", "Team"], ["tier", "Tier"], ["purpose", "Purpose"], ["timezone", "Time zone"]];
  const nodes = said.filter(([key]) => info[key]).map(([key, label]) => el("span", {}, `${label}: `, nameNode(String(info[key]), 60)));
  // Only a web address becomes a link: a runbook may not be a script.
  if (/^https?:\/\//i.test(info.runbook_url ?? "")) {
    nodes.push(el("a", { href: info.runbook_url, rel: "noopener noreferrer", target: "_blank" }, "Runbook"));
  }
  return nodes;
}

function commands(model) {
  const name = commandName(model.name);
  return `model-monitoring reference build DATA --model ${name} --out ${name}.mmref\nmodel-monitoring serve --reference ${name}.mmref`;
}

export function renderGlance(model, windows) {
  reconcile(byId("glance"), tilesOf(model, windows), (tile) => tile.label, createTile, updateTile);
  const key = JSON.stringify(model.info ?? {});
  if (byId("info").shown !== key) {
    byId("info").shown = key;
    byId("info").replaceChildren(...infoNodes(model));
  }
  const gaps = windows.filter((each) => each.closed).at(-1)?.provenance.gaps ?? [];
  setText(byId("gaps"), `Known to be missing: ${gaps.map((gap) => shorten(gap, 200)).join("; ")}`);
  show(byId("gaps"), gaps.length > 0);
  setText(byId("no-reference-commands"), commands(model));
  show(byId("no-reference"), model.reference === null);
}
