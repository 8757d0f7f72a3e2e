import { readText, writeText } from '../storage.ts';

const KEY = 'single-keys';

/** Whether shortcuts of one key, such as `/` for search, may be used; a reader can switch them off (WCAG 2.1.4). */
export function singleKeysAllowed(): boolean {
  return readText(KEY) !== 'off';
}

export function followSingleKeys(): void {
  const box = document.querySelector<HTMLInputElement>('#single-keys');
  if (!box) return;
  box.checked = singleKeysAllowed();
  box.addEventListener('change', () => writeText(KEY, box.checked ? undefined : 'off'));
}
