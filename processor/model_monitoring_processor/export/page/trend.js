// One column's D over the windows, against the floor under which nothing is called drift.

import { draw, grid, line, linear, ticks, windowLabels } from "./charts.js";
import { svg } from "./dom.js";
import { decimals } from "./format.js";
import { FLOOR, toneOf, verdictOf } from "./verdicts.js";

const HEIGHT = 128;

/** `points`: [{name, closed, result | undefined}], oldest first. */
export function drawTrend(node, points, selected, width) {
  const effects = points.map(({ result }) => (typeof result?.effect === "number" ? result.effect : null));
  const most = Math.max(1.6 * FLOOR, ...effects.map((effect) => 1.1 * (effect ?? 0)));
  const [left, right, top, bottom] = [44, width - 26, 8, HEIGHT - 22];
  const x = points.length > 1 ? linear(0, points.length - 1, left + 22, right) : () => (left + right) / 2;
  const y = linear(0, most, bottom, top);
  const places = effects.map((effect, i) => (effect === null ? null : [x(i), y(effect)]));
  const marks = points.flatMap(({ name, closed, result }, i) => {
    if (!places[i]) return [];
    const chosen = name === selected;
    const label = `${name}${closed ? "" : ", in progress"}: D ${decimals(result.effect, 3)}, ${verdictOf(result.verdict).label}`;
    return [svg("circle", { class: `mark ${toneOf(result)}${closed ? "" : " open"}${chosen ? " chosen" : ""}`, cx: places[i][0], cy: places[i][1],
      r: chosen ? 6 : 4 }, svg("title", {}, label))];
  });
  draw(node, width, HEIGHT, "D of this column over the windows, with the floor", [
    ...grid(ticks(0, most, 3), y, left, width - 8, (value) => String(value)),
    svg("line", { class: "floor", x1: left, x2: width - 8, y1: y(FLOOR), y2: y(FLOOR) }),
    line(places, { class: "trend" }),
    ...marks,
    ...windowLabels(points.map(({ name }) => name), x, HEIGHT - 5, right - left),
  ]);
}
