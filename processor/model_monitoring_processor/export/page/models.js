// The models as cards; one of them is selected.

import { byId, el, reconcile, setAttribute, setText, show } from "./dom.js";
import { ago, count, when } from "./format.js";
import { nameNode, shorten } from "./names.js";
import { verdictOf } from "./verdicts.js";

export const identityOf = ({ name, version, environment }) => ({ name, version, environment });
export const keyOf = ({ name, version, environment }) => JSON.stringify([name, version, environment]);

export function updateChip(chip, verdict) {
  const { symbol, label } = verdictOf(verdict);
  setAttribute(chip, "class", `chip ${verdict}`);
  setText(chip, `${symbol} ${label}`);
  return chip;
}

function fact(label) {
  const value = el("span", { class: "value" });
  const more = el("span", { class: "muted" });
  return { node: el("span", { class: "fact" }, el("span", { class: "muted" }, label), value, more), value, more };
}

function createCard(model, onSelect) {
  const parts = { chip: el("span"), rows: fact("Rows"), last: fact("Last prediction"), reference: fact("Reference") };
  const place = [model.version && `version ${shorten(model.version, 24)}`, shorten(model.environment || "no environment", 24)];
  const card = el(
    "button", { type: "button", class: "card model" },
    el("span", { class: "model-head" }, el("strong", {}, nameNode(model.name, 32)), parts.chip),
    el("span", { class: "muted" }, el("bdi", {}, place.filter(Boolean).join(" · "))),
    el("span", { class: "facts" }, parts.rows.node, parts.last.node, parts.reference.node),
  );
  card.parts = parts;
  card.addEventListener("click", () => onSelect(keyOf(model)));
  return card;
}

function updateCard(card, model, selected) {
  const { chip, rows, last, reference } = card.parts;
  setAttribute(card, "aria-pressed", selected);
  updateChip(chip, model.verdict);
  setText(rows.value, count(model.rows));
  setText(last.value, ago(model.last_prediction));
  setText(last.more, model.last_prediction === null ? "" : when(model.last_prediction));
  setText(reference.value, model.reference ? `${count(model.reference.rows)} rows` : "none yet");
  setText(reference.more, model.reference ? model.reference.hash.slice(0, 8) : "needed to compare");
}

export function renderModels({ models, total, modelKey }, onSelect) {
  reconcile(byId("models"), models, keyOf, (model) => createCard(model, onSelect),
    (card, model) => updateCard(card, model, keyOf(model) === modelKey));
  setText(byId("models-more"), `${count(total - models.length)} more models are not shown here.`);
  show(byId("models-more"), total > models.length);
  const drifted = models.filter((model) => model.verdict === "drifted").length;
  const title = drifted ? `▲ ${drifted} drifted · Model monitoring` : "Model monitoring";
  if (document.title !== title) document.title = title;
}
