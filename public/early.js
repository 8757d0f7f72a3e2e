// Runs before the first paint, so that neither the theme nor the reader's node names flash. Everything else can wait.
(() => {
  const root = document.documentElement;
  root.dataset.js = '';
  try {
    const theme = localStorage.getItem('clusterbook:theme');
    if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
    if (localStorage.getItem('clusterbook:node-names')) root.dataset.renaming = '';
  } catch {
    // The browser forbids storage: the system's theme and the pages' own names are right then.
  }
})();
