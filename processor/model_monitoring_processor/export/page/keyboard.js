// A grid of buttons is one stop of the Tab key; arrows, Home and End move inside it.

import { setAttribute } from "./dom.js";

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Home: [0, -Infinity], End: [0, Infinity] };
const clamp = (value, last) => Math.min(Math.max(value, 0), last);

export function attachKeyboard(table) {
  let last = null;
  const rows = () => [...table.tBodies].flatMap((body) => [...body.rows]);
  const buttonsOf = (row) => [...row.querySelectorAll("button.cell")];

  function becomeStop(button) {
    if (last && last !== button) setAttribute(last, "tabindex", "-1");
    last = button;
    if (button) setAttribute(button, "tabindex", "0");
  }

  table.addEventListener("focusin", ({ target }) => {
    if (target.matches("button.cell")) becomeStop(target);
  });
  table.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey || !event.target.matches("button.cell")) return;
    event.preventDefault();
    const all = rows();
    const row = event.target.closest("tr");
    const place = buttonsOf(row).indexOf(event.target);
    const target = buttonsOf(all[clamp(all.indexOf(row) + step[0], all.length - 1)]);
    target[clamp(place + step[1], target.length - 1)]?.focus();
  });

  return {
    /** After rows or cells were added or removed: exactly one of them can be reached by Tab. */
    refresh() {
      if (!last?.isConnected || last.hidden) becomeStop(table.querySelector("button.cell:not([hidden])"));
    },
    focusLast: () => last?.focus(),
  };
}
