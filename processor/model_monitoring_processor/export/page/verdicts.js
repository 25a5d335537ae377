// What a verdict is called, and how it looks. Never by colour alone: each has a symbol and a word.

export const FLOOR = 0.05;

const VERDICTS = new Map([
  ["ok", { symbol: "✓", label: "OK" }],
  ["exceeded", { symbol: "△", label: "Exceeded" }],
  ["drifted", { symbol: "▲", label: "Drifted" }],
  ["insufficient_data", { symbol: "…", label: "Too few rows" }],
  ["no_reference", { symbol: "?", label: "No reference" }],
  ["waiting", { symbol: "◌", label: "Waiting" }],
]);

export const verdictOf = (verdict) => VERDICTS.get(verdict) ?? { symbol: "?", label: String(verdict) };

/** Class of a cell's colour: drift in four steps of D, at the steps of severity (0.10, 0.25) and at one half. */
export function toneOf({ verdict, effect }) {
  if (verdict === "drifted") return `drift-${effect >= 0.5 ? 4 : effect >= 0.25 ? 3 : effect >= 0.1 ? 2 : 1}`;
  if (verdict === "insufficient_data") return "few";
  return verdict === "ok" || verdict === "exceeded" ? verdict : "none";
}

export function cellText({ verdict, effect }) {
  if (verdict === "insufficient_data") return "few";
  if (typeof effect !== "number") return verdictOf(verdict).symbol;
  const symbol = verdict === "drifted" || verdict === "exceeded" ? verdictOf(verdict).symbol : "";
  return symbol + effect.toFixed(2);
}

export const LEGEND = [
  ["ok", "ok"],
  ["exceeded", "△ exceeded: more than chance, but small or not confirmed"],
  ["drift-1", "▲ drifted, D under 0.10"],
  ["drift-2", "from 0.10"],
  ["drift-3", "from 0.25"],
  ["drift-4", "from 0.50"],
  ["few", "too few rows"],
  ["open-key", "in progress"],
];
