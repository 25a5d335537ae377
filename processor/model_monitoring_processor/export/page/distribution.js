// Reference against current: wide grey bars behind, narrow coloured bars in front.

import { draw, grid, linear, text, ticks } from "./charts.js";
import { svg } from "./dom.js";
import { percent } from "./format.js";
import { shorten } from "./names.js";

const EDGE_ROOM = 52;

const hint = (label, reference, current) => svg("title", {}, `${label.slice(0, 300)}: reference ${percent(reference)}, current ${percent(current)}`);

/** Format that tells neighbouring edges apart. */
function edgeFormat(edges) {
  const range = Math.max(...edges) - Math.min(...edges);
  const digits = range > 0 ? Math.min(6, Math.max(0, Math.ceil(-Math.log10(range / edges.length)))) : 2;
  return (value) => (Math.abs(value) >= 1e7 ? value.toExponential(1) : value.toLocaleString("en", { maximumFractionDigits: digits }));
}

/** Values under the axis: those that have a bar of their own first, edges where there is room left. */
function edgeLabels(cells, x, y, format) {
  const atoms = [];
  const edges = [];
  cells.forEach(({ low, high }, i) => {
    if (low === null) return;
    if (low === high) atoms.push({ at: x(i + 0.5), value: low });
    else edges.push({ at: x(i), value: low });
  });
  const placed = [];
  for (const each of [...atoms, ...edges]) {
    if (placed.every(({ at }) => Math.abs(at - each.at) >= EDGE_ROOM)) placed.push(each);
  }
  return placed.map(({ at, value }) => text(at, y, format(value)));
}

/** What a cell of numbers holds: one value, all beyond a bound, or from one bound up to the next. */
function rangeOf({ low, high }, format) {
  if (low === high) return `exactly ${format(low)}`;
  if (low === null) return `below ${format(high)}`;
  return high === null ? `${format(low)} and above` : `${format(low)} to ${format(high)}`;
}

/** Every cell has the same width, so that a frequent single value, which has none, can be seen too. */
function drawNumeric(node, cells, width) {
  const [left, right, top, bottom] = [44, width - 8, 10, 168];
  const most = Math.max(0.01, ...cells.flatMap((cell) => [cell.reference, cell.current]));
  const x = linear(0, cells.length, left, right);
  const y = linear(0, most, bottom, top);
  const slot = x(1) - x(0);
  const format = edgeFormat(cells.flatMap(({ low, high }) => [low, high]).filter((edge) => edge !== null));
  const bar = (kind, i, share, part) =>
    svg("rect", { class: kind, x: x(i) + (slot * (1 - part)) / 2, y: y(share), width: slot * part, height: Math.max(0, bottom - y(share)) });
  const bars = cells.map((cell, i) =>
    svg("g", {}, hint(cell.label || rangeOf(cell, format), cell.reference, cell.current), svg("rect", { class: "catch", x: x(i), y: top, width: slot, height: bottom - top }),
      bar("reference", i, cell.reference, 0.92), bar("current", i, cell.current, 0.46)));
  draw(node, width, bottom + 24, "Share of rows by value, reference and current", [
    ...grid(ticks(0, most, 3), y, left, right, (value) => `${Number((100 * value).toPrecision(3))} %`),
    ...bars,
    svg("line", { class: "axis", x1: left, x2: right, y1: bottom, y2: bottom }),
    ...edgeLabels(cells, x, bottom + 17, format),
  ]);
}

/** Horizontal bars with their label and both shares in figures: for categories, and for what is no value at all. */
export function drawRows(node, rows, width, label) {
  const longest = Math.max(...rows.map((row) => row.label.length));
  const left = Math.min(7.4 * Math.max(longest, 7) + 8, 0.36 * width);
  const [right, height] = [width - 122, 21];
  const most = Math.max(0.001, ...rows.flatMap((row) => [row.reference, row.current]));
  const x = linear(0, most, left, right);
  const bars = rows.map((row, i) => {
    const y = i * height;
    return svg("g", {}, hint(row.label, row.reference, row.current),
      svg("rect", { class: "catch", x: 0, y, width, height }),
      text(left - 8, y + 15, shorten(row.label, Math.floor((left - 8) / 7)), "end", { class: "label" }),
      svg("rect", { class: "reference", x: left, y: y + 3, width: Math.max(0, x(row.reference) - left), height: height - 6 }),
      svg("rect", { class: "current", x: left, y: y + 7, width: Math.max(0, x(row.current) - left), height: height - 14 }),
      text(width - 66, y + 15, percent(row.reference), "end", { class: "faint" }),
      text(width, y + 15, percent(row.current), "end"));
  });
  draw(node, width, rows.length * height + 2, label, bars);
}

export function drawDistribution(node, { cells, kind }, width) {
  const hasValues = cells.some(({ low, high }) => low !== null || high !== null);
  if (kind === "numeric" && hasValues) drawNumeric(node, cells, width);
  else drawRows(node, cells, width, "Share of rows by category, reference and current");
}

export function drawOthers(node, { missing, unseen, invalid, kind }, width) {
  const rows = [{ label: "Missing", ...missing }, { label: "Invalid", reference: 0, current: invalid }];
  if (kind === "categorical" || unseen > 0) rows.splice(1, 0, { label: "Unseen", reference: 0, current: unseen });
  drawRows(node, rows, width, "Share of rows that are missing, unseen in the reference, or invalid");
}
