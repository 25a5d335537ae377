// One cell in detail: why this verdict, the two distributions, every figure, and D over time.

import { roomIn } from "./charts.js";
import { drawDistribution, drawOthers } from "./distribution.js";
import { el, reconcile, setText, show, svg } from "./dom.js";
import { count, decimals, figure, percent, probability } from "./format.js";
import { updateChip } from "./models.js";
import { updateName } from "./names.js";
import { drawTrend } from "./trend.js";
import { FLOOR } from "./verdicts.js";

const METHODS = { ks_test: "KS test", chi_squared: "chi-squared", psi: "PSI", js: "JS", auto: "automatic" };

function figuresOf(result) {
  return [
    ["D (effect)", decimals(result.effect, 4), "Share of rows that moved: KS distance of numbers, total variation of categories"],
    ["KS", decimals(result.ks, 4), "Kolmogorov-Smirnov distance"],
    ["PSI", figure(result.psi), "Population stability index"],
    ["JS", decimals(result.js, 4), "Jensen-Shannon distance"],
    ["Chi-squared", figure(result.chi_squared), "Textbook statistic over all categories"],
    ["p", probability(result.p_value), "Chance of such a distance without any change"],
    ["q", probability(result.q_value), "p, corrected for the number of columns"],
    ["Method", METHODS[result.method] ?? result.method, "As configured"],
    ["Threshold", figure(result.threshold), "As configured, for this method"],
    ["Rows", count(result.n_current), "Rows of this window that are not missing"],
    ["Rows, reference", count(result.n_reference), "Rows of the reference that are not missing"],
    ["Missing", percent(result.missing_ratio), "Share of this window's rows"],
  ].map(([label, value, title]) => ({ label, value, title }));
}

function createShell(root, onClose) {
  const close = el("button", { type: "button", class: "close", "aria-label": "Close" }, "✕");
  const parts = {
    name: el("bdi", { class: "name" }), chip: el("span"), where: el("p", { class: "muted" }), reason: el("p", { class: "reason" }),
    state: el("p", { class: "muted", role: "status" }), shares: svg("svg", { class: "chart" }), others: svg("svg", { class: "chart" }),
    figures: el("dl", { class: "figures-table" }), trend: svg("svg", { class: "chart" }),
  };
  const key = el("p", { class: "legend" }, el("span", {}, el("span", { class: "key reference-key" }), "reference"),
    el("span", {}, el("span", { class: "key current-key" }), "this window"));
  parts.drawings = el("div", {}, key, parts.shares, el("h3", {}, "Not a known value"), parts.others);
  root.append(el("div", { class: "panel-head" }, el("h2", { id: "panel-title", tabindex: "-1" }, parts.name), parts.chip, close),
    parts.where, parts.reason, parts.state, parts.drawings, el("h3", {}, "Figures"), parts.figures, el("h3", {}, `D over the windows (dashed: the floor, ${FLOOR})`), parts.trend);
  close.addEventListener("click", onClose);
  root.addEventListener("keydown", ({ key }) => key === "Escape" && onClose());
  return parts;
}

function renderText(parts, result, snapshot) {
  updateName(parts.name, result.name, 40);
  updateChip(parts.chip, result.verdict);
  const about = [snapshot.window.name, result.role, result.kind];
  if (result.severity) about.push(`severity ${result.severity}`);
  if (!snapshot.closed) about.push("in progress, figures are provisional");
  if (snapshot.revision > 1) about.push(`revision ${snapshot.revision}`);
  setText(parts.where, about.join(" · "));
  setText(parts.reason, result.reason);
  reconcile(parts.figures, figuresOf(result), (each) => each.label,
    ({ label, title }) => el("div", { title }, el("dt", {}, label), el("dd")), (node, { value }) => setText(node.lastChild, value));
}

export function createPanel(root, onClose) {
  const parts = createShell(root, onClose);
  let drawn = {};

  function renderDrawings({ windows, cell, distribution }, width) {
    setText(parts.state, distribution?.error ?? (distribution ? "" : "Reading the distribution …"));
    show(parts.state, !distribution?.data);
    // The last picture stays until the next one is there: no flicker from cell to cell.
    if (distribution) show(parts.drawings, Boolean(distribution.data));
    if (distribution?.data && (drawn.data !== distribution.data || drawn.width !== width)) {
      drawDistribution(parts.shares, distribution.data, width);
      drawOthers(parts.others, distribution.data, width);
    }
    const points = windows.map(({ window, closed, columns }) => ({
      name: window.name, closed, result: columns.find(({ name, role }) => name === cell.column && role === cell.role),
    }));
    if (drawn.windows !== windows || drawn.cell !== cell || drawn.width !== width) drawTrend(parts.trend, points, cell.window, width);
    drawn = { data: distribution?.data ?? drawn.data, windows, cell, width };
  }

  return {
    render(state) {
      const snapshot = state.cell && state.windows.find(({ window }) => window.name === state.cell.window);
      const result = snapshot?.columns.find(({ name, role }) => name === state.cell.column && role === state.cell.role);
      show(root, Boolean(result));
      if (!result) return;
      renderText(parts, result, snapshot);
      renderDrawings(state, roomIn(root));
    },
    /** On a narrow screen the panel stands below the heat map: bring it into view. */
    reveal() {
      if (root.getBoundingClientRect().top > innerHeight * 0.8) root.scrollIntoView({ block: "start" });
    },
  };
}
