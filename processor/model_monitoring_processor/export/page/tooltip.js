// One tooltip for all cells: why this verdict, and the figures behind it. Shown on hover and on keyboard focus.

import { byId, el, setAttribute, show } from "./dom.js";
import { count, decimals, figure, probability } from "./format.js";
import { nameNode } from "./names.js";
import { updateChip } from "./models.js";

function content({ result, snapshot }) {
  const figures = `D ${decimals(result.effect, 4)}   PSI ${figure(result.psi)}   q ${probability(result.q_value)}`;
  return [
    el("p", {}, el("strong", {}, nameNode(result.name, 32)), " ", updateChip(el("span"), result.verdict)),
    el("p", { class: "muted" }, `${snapshot.window.name}${snapshot.closed ? "" : ", in progress"} · ${count(result.n_current)} rows`),
    el("p", { class: "reason" }, result.reason.slice(0, 400)),
    el("p", { class: "figures" }, figures),
  ];
}

/** Below the cell where there is room, else above it; never outside of the window. */
function place(tip, cell) {
  const box = cell.getBoundingClientRect();
  const top = box.bottom + 8 + tip.offsetHeight > innerHeight ? box.top - 8 - tip.offsetHeight : box.bottom + 8;
  const left = Math.min(Math.max(8, box.left + box.width / 2 - tip.offsetWidth / 2), innerWidth - tip.offsetWidth - 8);
  tip.style.top = `${Math.max(8, top)}px`;
  tip.style.left = `${left}px`;
}

export function attachTooltip(table) {
  const tip = byId("tip");
  let owner = null;

  function hide() {
    show(tip, false);
    if (owner) setAttribute(owner, "aria-describedby", null);
    owner = null;
  }

  function reveal({ target }) {
    const cell = target.closest("button.cell");
    if (!cell?.datum) return hide();
    if (cell === owner) return;
    hide();
    owner = cell;
    tip.replaceChildren(...content(cell.datum));
    show(tip, true);
    place(tip, cell);
  }

  table.addEventListener("mouseover", reveal);
  table.addEventListener("mouseleave", hide);
  table.addEventListener("focusin", (event) => event.target.matches(":focus-visible") && reveal(event));
  table.addEventListener("focusout", hide);
  addEventListener("scroll", hide, { capture: true, passive: true });
  addEventListener("keydown", ({ key }) => key === "Escape" && hide());
}
