// Features by windows, one button a cell. Rows and cells are kept from poll to poll.

import { el, reconcile, setAttribute, setText, show } from "./dom.js";
import { windowHead } from "./format.js";
import { attachKeyboard } from "./keyboard.js";
import { nameNode, shorten } from "./names.js";
import { inOrderOf, rowsOf } from "./rows.js";
import { attachTooltip } from "./tooltip.js";
import { LEGEND, cellText, toneOf, verdictOf } from "./verdicts.js";

const ROWS_SHOWN = 200;
const windowName = (snapshot) => snapshot.window.name;

function createShell(root) {
  const parts = {
    head: el("tr", {}, el("th", { scope: "col", class: "row-name muted" }, "column")),

    features: el("tbody", { class: "features" }),
    outputs: el("tbody", { class: "outputs" }),
    scroller: el("div", { class: "scroller" }),
    legend: el("ul", { class: "legend", "aria-label": "Legend" },
      ...LEGEND.map(([tone, text]) => el("li", {}, el("span", { class: `key ${tone}`, "aria-hidden": "true" }), text))),
    more: el("p", { class: "muted" }),
    none: el("p", { class: "muted" }, "No window yet: the first rows are on their way."),
  };
  const table = el("table", { class: "heat" }, el("caption", { class: "unseen" }, "Drift by column and window"),
    el("thead", {}, parts.head), parts.features, parts.outputs);
  parts.table = table;
  parts.scroller.append(table);
  root.append(el("div", { class: "heading" }, el("h2", { id: "heatmap-title" }, "Drift by column and window"),
    el("p", { class: "muted" }, "D is the distance from the reference: the share of rows that moved. Choose a cell for its distribution.")),
  parts.none, parts.scroller, parts.more, parts.legend);
  return parts;
}

function createCell(snapshot) {
  const button = el("button", { type: "button", tabindex: "-1", "data-window": windowName(snapshot) });
  const cell = el("td", {}, button);
  cell.button = button;
  return cell;
}

function updateCell(cell, snapshot, row, selected) {
  const { button } = cell;
  const result = row.results.get(windowName(snapshot));
  show(button, result !== undefined);
  setAttribute(cell, "class", snapshot.closed ? null : "open");
  if (!result) return;
  button.datum = { result, snapshot };
  setText(button, cellText(result));
  setAttribute(button, "class", `cell ${toneOf(result)}`);
  setAttribute(button, "aria-pressed", selected);
  const progress = snapshot.closed ? "" : ", in progress";
  const effect = typeof result.effect === "number" ? ` D ${result.effect.toFixed(3)}.` : "";
  setAttribute(button, "aria-label",
    `${shorten(row.name, 60)}, ${windowName(snapshot)}${progress}: ${verdictOf(result.verdict).label}.${effect} ${result.reason.slice(0, 400)}`);
}

function createHead(snapshot) {
  return el("th", { scope: "col", title: windowName(snapshot) }, el("span", { class: "main" }), el("span", { class: "context muted" }));
}

function updateHead(node, snapshot, previous) {
  const { main, context } = windowHead(windowName(snapshot));
  const repeated = previous && windowHead(windowName(previous)).context === context;
  setText(node.firstChild, main);
  setText(node.lastChild, snapshot.closed ? (repeated ? "" : context) : "so far");
  setAttribute(node, "class", snapshot.closed ? null : "open");
}

function createRow(row) {
  return el("tr", {}, el("th", { scope: "row", class: "row-name" }, nameNode(row.name, 24)));
}

export function createHeatmap(root, onSelect) {
  const parts = createShell(root);
  const grid = attachKeyboard(parts.table);
  let shown = { windows: [], cell: null, modelKey: null };
  attachTooltip(parts.table);
  parts.table.addEventListener("click", ({ target }) => {
    const datum = target.closest("button.cell")?.datum;
    if (datum) onSelect({ window: windowName(datum.snapshot), role: datum.result.role, column: datum.result.name });
  });
  // Rows do not change places under the pointer, where the next click would meet another feature.
  parts.table.addEventListener("mouseleave", () => render(shown.windows, shown.cell, shown.modelKey));

  function updateRow(node, row) {
    const isSelected = (snapshot) =>
      shown.cell !== null && shown.cell.column === row.name && shown.cell.role === row.role && shown.cell.window === windowName(snapshot);
    reconcile(node, shown.windows, windowName, createCell,
      (cell, snapshot) => updateCell(cell, snapshot, row, isSelected(snapshot)), 1);
  }

  function render(windows, cell, modelKey) {
    const another = modelKey !== shown.modelKey || shown.windows.length === 0;
    const hold = !another && parts.table.matches(":hover");
    shown = { windows, cell, modelKey };
    parts.table.style.setProperty("--windows", windows.length);
    const all = rowsOf(windows);
    const rows = all.slice(0, ROWS_SHOWN);
    setText(parts.more, `${all.length - rows.length} more columns, which drifted less, are not shown here; /api/windows has them all.`);
    show(parts.more, all.length > rows.length);
    show(parts.none, windows.length === 0);
    for (const part of [parts.scroller, parts.legend]) show(part, windows.length > 0);
    reconcile(parts.head, windows, windowName, createHead, (node, snapshot, i) => updateHead(node, snapshot, windows[i - 1]), 1);
    for (const [body, isFeature] of [[parts.features, true], [parts.outputs, false]]) {
      const mine = rows.filter((row) => (row.role === "feature") === isFeature);
      reconcile(body, hold ? inOrderOf(body.reconciled, mine) : mine, (row) => row.key, createRow, updateRow);
    }
    grid.refresh();
    if (another) parts.scroller.scrollLeft = parts.scroller.scrollWidth;
  }

  return { render, focusLast: grid.focusLast };
}
