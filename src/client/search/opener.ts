import { singleKeysAllowed } from '../settings/single-keys.ts';

/** What was typed since search was asked for; undefined when nothing is under way. */
let typed: string | undefined;

/** Opens search by its button, Ctrl+K or Cmd+K, and `/`. Nothing of search is loaded before; what is typed meanwhile is kept. */
async function openSearch(): Promise<void> {
  if (typed !== undefined) return;
  typed = '';
  try {
    const { showSearch } = await import('./dialog.ts');
    showSearch(typed);
  } finally {
    typed = undefined;
  }
}

for (const button of document.querySelectorAll('[data-open-search]')) {
  button.addEventListener('click', () => void openSearch());
}

addEventListener('keydown', (event) => {
  const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (typed !== undefined && isPlain && event.key.length === 1) {
    typed += event.key;
    event.preventDefault();
    return;
  }
  const withControl = (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k';
  const slash = isPlain && event.key === '/';
  if (!withControl && !(slash && singleKeysAllowed() && !isTyping(event.target))) return;
  event.preventDefault();
  void openSearch();
});

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));
}
