import { readText, writeText } from '../storage.ts';

const KEY = 'theme';

/** The light/dark/system switch; public/early.js sets the choice before the first paint. */
export function followTheme(): void {
  const choices = document.querySelectorAll<HTMLInputElement>('input[name="theme"]');
  const kept = readText(KEY) ?? 'system';
  for (const choice of choices) {
    choice.checked = choice.value === kept;
    choice.addEventListener('change', () => choose(choice.value));
  }
  choose(kept);
}

function choose(theme: string): void {
  const root = document.documentElement;
  const forced = theme === 'light' || theme === 'dark' ? theme : undefined;
  if (forced === undefined) delete root.dataset.theme;
  else root.dataset.theme = forced;
  writeText(KEY, forced);
  // The browser's own bars follow a forced theme too.
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
    const own = meta.content === '#121516' ? 'dark' : 'light';
    meta.media = forced === undefined ? `(prefers-color-scheme: ${own})` : forced === own ? 'all' : 'not all';
  }
}
