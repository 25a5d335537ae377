// The live page: polls the API, keeps what is selected, hands each section its part.

import { createAccuracy } from "./accuracy.js";
import { Refusal, ask } from "./api.js";
import { byId, setText, show } from "./dom.js";
import { createConnection } from "./connection.js";
import { renderGlance } from "./glance.js";
import { createHeatmap } from "./heatmap.js";
import { identityOf, keyOf, renderModels } from "./models.js";
import { createPanel } from "./panel.js";
import { readSelection, writeSelection } from "./selection.js";

const POLL_MS = 1500;
const WINDOWS_SHOWN = 48;

const state = { models: [], total: 0, modelKey: null, windows: [], windowsText: "", cell: null, distribution: null };
let generation = 0;
let timer = 0;

const connection = createConnection();
const heatmap = createHeatmap(byId("heatmap"), selectCell);
const accuracy = createAccuracy(byId("accuracy"));
const panel = createPanel(byId("panel"), () => {
  selectCell(null);
  heatmap.focusLast();
});

const selectedModel = () => state.models.find((model) => keyOf(model) === state.modelKey) ?? null;

/** What was asked for, if it is there; else the first model that drifted, else the first. */
function settleModel() {
  if (selectedModel()) return;
  const model = state.models.find((each) => each.verdict === "drifted") ?? state.models[0] ?? null;
  state.modelKey = model ? keyOf(model) : null;
  if (model) state.cell = null;
}

async function fetchWindows(model, mine) {
  const { text, data } = await ask("api/windows", { ...identityOf(model), limit: WINDOWS_SHOWN });
  if (mine !== generation || text === state.windowsText) return;
  state.windowsText = text;
  state.windows = data.windows;
  state.distribution = null;
}

async function fetchDistribution(model, mine) {
  if (!state.cell || state.distribution) return;
  const found = await ask("api/distribution", { ...identityOf(model), ...state.cell }).then(
    ({ data }) => ({ data }),
    (error) => {
      if (error instanceof Refusal && error.status < 500) return { error: error.message };
      throw error;
    },
  );
  if (mine === generation) state.distribution = found;
}

async function refresh() {
  const mine = ++generation;
  clearTimeout(timer);
  try {
    const { data } = await ask("api/models");
    if (mine !== generation) return;
    state.models = data.models;
    state.total = data.total;
    setText(byId("software"), data.software);
    settleModel();
    const model = selectedModel();
    if (model) {
      await fetchWindows(model, mine);
      if (mine === generation) await fetchDistribution(model, mine);
    }
    if (mine !== generation) return;
    connection.answered();
    render();
  } catch (error) {
    if (mine !== generation) return;
    connection.failed(error);
  }
  if (document.hidden) connection.paused();
  else timer = setTimeout(refresh, POLL_MS);
}

function render() {
  const model = selectedModel();
  show(byId("empty"), state.models.length === 0);
  show(byId("model"), model !== null);
  renderModels(state, selectModel);
  if (!model) return;
  renderGlance(model, state.windows);
  heatmap.render(state.windows, state.cell, state.modelKey);
  byId("work").classList.toggle("open", state.cell !== null && state.windows.length > 0);
  panel.render(state);
  accuracy.render(state.windows);
}

function selectModel(key) {
  if (key === state.modelKey) return;
  Object.assign(state, { modelKey: key, cell: null, windows: [], windowsText: "", distribution: null });
  changed();
}

function selectCell(cell) {
  Object.assign(state, { cell, distribution: null });
  changed();
  if (cell) panel.reveal();
}

function changed() {
  const model = selectedModel();
  if (model) writeSelection(identityOf(model), state.cell);
  render();
  refresh();
}

function pauseOrResume() {
  if (!document.hidden) return refresh();
  clearTimeout(timer);
  connection.paused();
}

({ modelKey: state.modelKey, cell: state.cell } = readSelection());
document.addEventListener("visibilitychange", pauseOrResume);
addEventListener("resize", render);
refresh();
