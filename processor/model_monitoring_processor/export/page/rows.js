// The heat map's rows: every column that any window shows, the most drifted first.

const WEIGHT = { drifted: 1e6, exceeded: 1e3 };

/** Windows in progress do not count: a row should not jump because of provisional figures. */
function strength(results, windows) {
  let sum = 0;
  for (const { closed, window } of windows) {
    const result = results.get(window.name);
    if (closed && result) sum += (WEIGHT[result.verdict] ?? 0) + (result.effect ?? 0);
  }
  return sum;
}

export function rowsOf(windows) {
  const rows = new Map();
  for (const { window, columns } of windows) {
    for (const result of columns) {
      const key = `${result.role}/${result.name}`;
      if (!rows.has(key)) rows.set(key, { key, name: result.name, role: result.role, results: new Map() });
      rows.get(key).results.set(window.name, result);
    }
  }
  const ranked = [...rows.values()].map((row) => ({ ...row, strength: strength(row.results, windows) }));
  return ranked.sort((a, b) => b.strength - a.strength || (a.name < b.name ? -1 : 1));
}

/** The same rows in the order of the nodes that are there (a Map by key), new ones last. */
export function inOrderOf(nodes, rows) {
  const place = (row) => {
    const node = nodes?.get(row.key);
    return node ? [...node.parentNode.children].indexOf(node) : rows.length;
  };
  return rows.map((row) => [place(row), row]).sort((a, b) => a[0] - b[0]).map(([, row]) => row);
}
