// Accuracy over the windows as labels come in, and beneath it for how much of the rows there are labels.

import { draw, grid, line, linear, roomIn, text, ticks, windowLabels } from "./charts.js";
import { el, setText, show, svg } from "./dom.js";
import { count, percent } from "./format.js";

const [LEFT, TOP, BOTTOM, BARS, HEIGHT] = [52, 14, 128, 192, 216];

function titleOf({ window, closed, performance, provenance }) {
  const labels = performance ? `labels for ${percent(performance.coverage)} of ${count(provenance.rows_received)} rows` : "no labels yet";
  return `${window.name}${closed ? "" : ", in progress"}: accuracy ${percent(performance?.metrics.accuracy)}, ${labels}`;
}

/** Line of closed windows, dashed on to the one in progress. */
function lines(windows, places) {
  const open = windows.findIndex(({ closed }) => !closed);
  if (open < 0) return [line(places, { class: "trend" })];
  const closed = places.map((place, i) => (i < open ? place : null));
  return [line(closed, { class: "trend" }), line(places.slice(Math.max(0, open - 1)), { class: "trend provisional" })];
}

function drawAccuracy(node, windows, width) {
  const right = width - 30;
  const values = windows.map(({ performance }) => performance?.metrics.accuracy ?? null);
  const there = values.filter((value) => value !== null);
  const margin = Math.max(0.01, 0.2 * (Math.max(...there) - Math.min(...there)));
  const [low, high] = [Math.max(0, Math.min(...there) - margin), Math.min(1, Math.max(...there) + margin)];
  const x = windows.length > 1 ? linear(0, windows.length - 1, LEFT + 24, right) : () => (LEFT + right) / 2;
  const y = linear(low, high, BOTTOM, TOP);
  const bar = linear(0, 1, BARS, BARS - 34);
  const thick = Math.min(34, Math.max(3, ((right - LEFT) / windows.length) * 0.6));
  const places = values.map((value, i) => (value === null ? null : [x(i), y(value)]));
  const bars = windows.map((each, i) => {
    const top = bar(each.performance?.coverage ?? 0);
    return svg("g", {}, svg("title", {}, titleOf(each)),
      svg("rect", { class: "catch", x: x(i) - thick / 2, y: TOP, width: thick, height: BARS - TOP }),
      svg("rect", { class: "track", x: x(i) - thick / 2, y: bar(1), width: thick, height: 34 }),
      svg("rect", { class: each.closed ? "coverage" : "coverage open", x: x(i) - thick / 2, y: top, width: thick, height: BARS - top }),
      places[i] && svg("circle", { class: each.closed ? "mark plain" : "mark plain open", cx: places[i][0], cy: places[i][1], r: 4 }));
  });
  draw(node, width, HEIGHT, `Accuracy and coverage over ${windows.length} windows`, [
    ...grid(ticks(low, high, 3), y, LEFT, width - 8, (value) => `${Number((100 * value).toFixed(2))} %`),
    text(LEFT - 6, bar(1) + 9, "100 %", "end", { class: "faint" }),
    text(LEFT - 6, BARS, "0 %", "end", { class: "faint" }),
    ...lines(windows, places),
    ...bars,
    ...windowLabels(windows.map(({ window }) => window.name), x, HEIGHT - 6, right - LEFT),
  ]);
}

export function createAccuracy(root) {
  const latest = el("p", { class: "muted" });
  const none = el("p", { class: "muted" }, "No labels have come yet. Send them at any time, from any process: ",
    el("code", {}, "record_label(prediction_id, label)"), ".");
  const picture = svg("svg", { class: "chart" });
  const key = el("ul", { class: "legend" }, el("li", {}, el("span", { class: "key line-key" }), "accuracy"),
    el("li", {}, el("span", { class: "key coverage-key" }), "rows that have a label"),
    el("li", {}, el("span", { class: "key hollow-key" }), "in progress: labels are still coming"));
  root.append(el("div", { class: "heading" }, el("h2", { id: "accuracy-title" }, "Accuracy as labels come in"), latest), none, picture, key);
  let drawn = null;

  return {
    render(windows) {
      const labelled = windows.filter(({ performance }) => typeof performance?.metrics.accuracy === "number");
      show(none, labelled.length === 0);
      for (const node of [picture, key]) node.toggleAttribute("hidden", labelled.length === 0);
      setText(latest, labelled.length ? titleOf(labelled.at(-1)) : "");
      const width = roomIn(root);
      if (labelled.length === 0 || (drawn?.windows === windows && drawn.width === width)) return;
      drawn = { windows, width };
      drawAccuracy(picture, windows, width);
    },
  };
}
