import { singleKeysAllowed } from '../settings/single-keys.ts';

/** Opens search by its button, Ctrl+K or Cmd+K, and `/`. Nothing of search is loaded before. */
async function openSearch(): Promise<void> {
  const { showSearch } = await import('./dialog.ts');
  showSearch();
}

for (const button of document.querySelectorAll('[data-open-search]')) {
  button.addEventListener('click', () => void openSearch());
}

addEventListener('keydown', (event) => {
  const withControl = (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k';
  const slash = event.key === '/' && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (!withControl && !(slash && singleKeysAllowed() && !isTyping(event.target))) return;
  event.preventDefault();
  void openSearch();
});

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));
}
