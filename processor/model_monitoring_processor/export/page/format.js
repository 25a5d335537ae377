// Numbers and times as people read them. Times are UTC.

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const known = (value) => typeof value === "number" && Number.isFinite(value);

export const count = (value) => (known(value) ? value.toLocaleString("en") : "–");
export const decimals = (value, digits) => (known(value) ? value.toFixed(digits) : "–");

const power = (exponent) => `10${exponent < 0 ? "⁻" : ""}${[...String(Math.abs(exponent))].map((digit) => RAISED[digit]).join("")}`;

/** Three significant digits; very small and very large numbers as powers of ten. */
export function figure(value) {
  if (!known(value)) return "–";
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size < 0.001 || size >= 1e7) {
    const [digits, exponent] = value.toExponential(1).split("e");
    return `${digits} × ${power(Number(exponent))}`;
  }
  return value.toLocaleString("en", { maximumSignificantDigits: size < 1000 ? 3 : 5 });
}

/** A p- or q-value: below the smallest double it is still not zero. */
export const probability = (value) => (value === 0 ? `< ${power(-300)}` : figure(value));

export function percent(share) {
  if (!known(share)) return "–";
  const value = 100 * share;
  if (value !== 0 && Math.abs(value) < 0.1) return value < 0 ? "> -0.1 %" : "< 0.1 %";
  return `${value.toFixed(Math.abs(value) < 99.95 && value !== 0 ? 1 : 0)} %`;
}

export function when(seconds) {
  return known(seconds) ? `${new Date(1000 * seconds).toISOString().slice(0, 16).replace("T", " ")} UTC` : "–";
}

export function clock(milliseconds) {
  return `${new Date(milliseconds).toISOString().slice(11, 19)} UTC`;
}

export function duration(seconds) {
  const steps = [[31557600, "year"], [2629800, "month"], [86400, "day"], [3600, "hour"], [60, "minute"], [1, "second"]];
  const [size, unit] = steps.find(([size]) => seconds >= size) ?? steps.at(-1);
  const n = Math.max(0, Math.floor(seconds / size));
  return `${n} ${unit}${n === 1 ? "" : "s"}`;
}

export function ago(seconds, now = Date.now() / 1000) {
  if (!known(seconds)) return "never";
  if (seconds > now + 60) return `in ${duration(seconds - now)}`;
  return now - seconds < 2 ? "just now" : `${duration(now - seconds)} ago`;
}

/** From start to end; whole days without the time, the last one included. */
export function span({ start, end }) {
  const [from, to] = [when(start), when(end)];
  if (from.includes(" 00:00 ") && to.includes(" 00:00 ")) return `${from.slice(0, 10)} to ${when(end - 1).slice(0, 10)}`;
  return `${from.slice(0, -4)} to ${from.slice(0, 10) === to.slice(0, 10) ? to.slice(11) : to}`;
}

/** Head of a window's column: what changes from one to the next, and what stays (shown once). */
export function windowHead(name) {
  const [, year, month, day, time] = /^(\d{4})-(\d\d)(?:-(\d\d))?(?:T(\d\d:\d\d))?/.exec(name) ?? [];
  const monthName = MONTHS[Number(month) - 1];
  if (!monthName) return { main: name.slice(0, 10), context: "" };
  if (!day) return { main: monthName, context: year };
  if (!time) return { main: `${Number(day)}`, context: `${monthName} ${year}` };
  return { main: time, context: `${Number(day)} ${monthName}` };
}

/** A window's name on one line: months as they are, hours without what nobody reads. */
export function windowTitle(name) {
  const { main, context } = windowHead(name);
  if (!name.includes("T") || !context) return name.slice(0, 24);
  return `${context}, ${main}`;
}
