// Runs before the first paint (see vite.config.ts): a chosen theme must not flash the other one.
// Neighbour: lib/theme.ts.
try {
  const chosen = localStorage.getItem('souk.theme');
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
} catch {
  // Storage is refused: the system's theme holds.
}
export {};
