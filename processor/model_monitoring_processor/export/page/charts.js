// What the small charts share: axes, ticks, paths. Widths are real pixels, so that text is never scaled.

import { svg } from "./dom.js";

export const linear = (from, to, start, end) => (value) => start + ((value - from) / (to - from || 1)) * (end - start);

/** About `n` round numbers that cover from `low` to `high`. */
export function ticks(low, high, n) {
  const rough = (high - low || 1) / n;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((each) => each >= rough);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

export const text = (x, y, content, anchor = "middle", more = {}) => svg("text", { x, y, "text-anchor": anchor, ...more }, content);

/** Horizontal grid lines with their labels at the left. */
export function grid(values, y, left, right, format) {
  return values.flatMap((value) => [
    svg("line", { class: "grid", x1: left, x2: right, y1: y(value), y2: y(value) }),
    text(left - 6, y(value) + 4, format(value), "end"),
  ]);
}

/** Line through points [x, y]; a missing one (null) breaks it. */
export function line(points, attributes) {
  let pen = "M";
  const steps = points.map((point) => {
    const step = point ? `${pen}${point[0].toFixed(1)},${point[1].toFixed(1)}` : "";
    pen = point ? "L" : "M";
    return step;
  });
  return svg("path", { d: steps.join(""), fill: "none", ...attributes });
}

/** Labels of windows under an axis, as many as there is room for; the last one always. */
export function windowLabels(names, x, y, width) {
  const room = Math.max(1, Math.floor(width / (Math.max(...names.map((name) => name.length), 1) * 6.6 + 14)));
  const every = Math.ceil(names.length / room);
  const last = names.length - 1;
  return names.flatMap((name, i) => ((last - i) % every === 0 ? [text(x(i), y, name.slice(0, 24))] : []));
}

/** Replace a drawing as a whole, and say in words what it shows. */
export function draw(node, width, height, label, shapes) {
  for (const [name, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label })) {
    node.setAttribute(name, value);
  }
  node.replaceChildren(...shapes);
}

/** Width there is for a drawing: the content box of what it stands in. */
export function roomIn(node) {
  const style = getComputedStyle(node);
  return Math.max(240, Math.floor(node.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight)));
}
