import { ownNames } from '#course/node-names.ts';
import { keptNames } from '../settings/own-node-names.ts';
import { type Found, type Group, groupByPage } from './groups.ts';
import { groupElement } from './hit-elements.ts';
import { essentialWords } from './query.ts';

interface Pagefind {
  init(): Promise<void>;
  debouncedSearch(
    query: string,
  ): Promise<{ results: readonly { readonly score: number; data(): Promise<Omit<Found, 'score'>> }[] } | null>;
}

const INDEX = '/pagefind/pagefind.js';
const MOST_RESULTS = 24;
const SUGGESTIONS = ['member list', 'certificate expiry', 'crictl', 'static pod', 'why is my Pod Pending'];
const LAST_QUERY = 'clusterbook:search';

let dialog: HTMLDialogElement | undefined;
let pagefind: Promise<Pagefind> | undefined;
let chosen = -1;
/** Browsers keep that an import failed; another address is another try. */
let failures = 0;

/** Opens the search dialog, which is made when it is first wanted, with what was typed already. */
export function showSearch(typed: string): void {
  if (!dialog) {
    dialog = makeDialog();
    showSuggestions();
  }
  if (dialog.open) return;
  dialog.showModal();
  const field = dialog.querySelector('input');
  if (field && typed !== '') field.value = typed;
  else field?.select();
  if (field?.value) void search(field.value);
  pagefind ??= loadIndex();
  pagefind.catch(() => showMessage('Search could not be loaded. Are you offline? Close this and try again.'));
}

async function loadIndex(): Promise<Pagefind> {
  try {
    const address = failures === 0 ? INDEX : `${INDEX}?try=${failures}`;
    const module: Pagefind = await import(/* @vite-ignore */ address);
    await module.init();
    return module;
  } catch (error) {
    pagefind = undefined;
    failures += 1;
    throw error;
  }
}

function makeDialog(): HTMLDialogElement {
  const made = document.createElement('dialog');
  made.className = 'search-dialog no-print';
  made.setAttribute('aria-label', 'Search');
  made.innerHTML = `<form method="dialog">
      <input type="search" role="combobox" aria-label="Search lessons and commands" aria-expanded="false" aria-controls="search-results"
        aria-autocomplete="list" placeholder="Search lessons and commands" autocomplete="off" autocapitalize="off" spellcheck="false">
      <button class="button bare" type="submit">Close</button>
    </form>
    <div id="search-results" role="listbox" aria-label="Results"></div>
    <p class="search-message"></p>
    <p class="search-status visually-hidden" role="status"></p>
    <p class="search-keys" aria-hidden="true"><kbd>↑</kbd> <kbd>↓</kbd> choose <kbd>Enter</kbd> open <kbd>Esc</kbd> close
      <span class="search-copy-key" hidden><kbd>Ctrl C</kbd> copy the command</span></p>`;
  document.body.append(made);
  const field = made.querySelector('input');
  field?.addEventListener('input', () => void search(field.value));
  made.addEventListener('keydown', followKeys);
  made.addEventListener('click', (event) => {
    if (event.target === made) made.close();
    // A link to the page that is open moves in it; the dialog must not stand before it.
    if (event.target instanceof Element && event.target.closest('[role=option]')) made.close();
  });
  if (field) field.value = lastQuery();
  return made;
}

async function search(query: string): Promise<void> {
  rememberQuery(query);
  if (query.trim() === '') {
    showSuggestions();
    return;
  }
  try {
    pagefind ??= loadIndex();
    const answer = await (await pagefind).debouncedSearch(essentialWords(query));
    if (!answer) return;
    const results = await Promise.all(
      answer.results.slice(0, MOST_RESULTS).map(async ({ score, data }) => ({ ...(await data()), score })),
    );
    // Emptied or typed on meanwhile: these are the answers to an older question.
    if (dialog?.querySelector('input')?.value === query) show(groupByPage(results), query);
  } catch {
    showMessage('Search could not be loaded. Are you offline? Close this and try again.');
  }
}

function show(groups: readonly Group[], query: string): void {
  const list = part('#search-results');
  const names = keptNames() ?? ownNames;
  list.replaceChildren(...groups.map((group, index) => groupElement(group, index, names)));
  const count = list.querySelectorAll('[role=option]').length;
  if (count === 0) {
    showSuggestions(`Nothing found for “${query}”. Try fewer or other words:`);
    say('Nothing found');
    return;
  }
  part('.search-message').textContent = '';
  choose(0);
  say(`${count} results on ${groups.length} ${groups.length === 1 ? 'page' : 'pages'}`);
}

function followKeys(event: KeyboardEvent): void {
  const last = options().length - 1;
  const moves: Readonly<Record<string, number>> = {
    ArrowDown: chosen >= last ? 0 : chosen + 1,
    ArrowUp: chosen <= 0 ? last : chosen - 1,
    PageDown: Math.min(last, chosen + 5),
    PageUp: Math.max(0, chosen - 5),
    Home: 0,
    End: last,
  };
  const target = moves[event.key];
  if (target !== undefined && last >= 0) {
    event.preventDefault();
    choose(target);
  } else if (event.key === 'Escape') {
    // A search field would take the first one to empty itself.
    event.preventDefault();
    dialog?.close();
  } else if (event.key === 'Enter' && event.target instanceof HTMLInputElement) {
    event.preventDefault();
    options()[chosen]?.click();
  } else if ((event.ctrlKey || event.metaKey) && event.key === 'c') copyCommand(event);
}

/** Copies the chosen command, unless words of the field are selected: then the browser copies those. */
function copyCommand(event: KeyboardEvent): void {
  const command = options()[chosen]?.dataset['command'];
  const field = event.target;
  if (command === undefined || !(field instanceof HTMLInputElement)) return;
  if (field.selectionStart !== field.selectionEnd) return;
  event.preventDefault();
  navigator.clipboard.writeText(command).then(
    () => say('Copied'),
    () => say('Copying failed: the browser did not allow it.'),
  );
}

function choose(index: number): void {
  const all = options();
  all[chosen]?.setAttribute('aria-selected', 'false');
  chosen = index;
  const option = all[index];
  option?.setAttribute('aria-selected', 'true');
  option?.scrollIntoView({ block: 'nearest' });
  part('.search-copy-key').toggleAttribute('hidden', option?.dataset['command'] === undefined);
  const field = part('input');
  field.setAttribute('aria-expanded', String(all.length > 0));
  if (option) field.setAttribute('aria-activedescendant', option.id);
  else field.removeAttribute('aria-activedescendant');
}

function options(): HTMLElement[] {
  return [...(dialog?.querySelectorAll<HTMLElement>('[role=option]') ?? [])];
}

function showSuggestions(lead = 'Try:'): void {
  part('#search-results').replaceChildren();
  choose(-1);
  const buttons = SUGGESTIONS.map((words) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'search-suggestion';
    button.textContent = words;
    button.addEventListener('click', () => {
      const field = dialog?.querySelector('input');
      if (field) field.value = words;
      field?.focus();
      void search(words);
    });
    return button;
  });
  part('.search-message').replaceChildren(lead, ...buttons.flatMap((button) => [' ', button]));
}

function showMessage(text: string): void {
  part('#search-results').replaceChildren();
  choose(-1);
  part('.search-message').textContent = text;
  say(text);
}

/** To screen readers. The page's own live region is inert while a modal dialog is open. */
function say(text: string): void {
  part('.search-status').textContent = text;
}

function part(selector: string): Element {
  const found = dialog?.querySelector(selector);
  if (!found) throw new Error(`The search dialog has lost its ${selector}`);
  return found;
}

function rememberQuery(query: string): void {
  try {
    sessionStorage.setItem(LAST_QUERY, query);
  } catch {
    // Forbidden: the query is forgotten with the page.
  }
}

function lastQuery(): string {
  try {
    return sessionStorage.getItem(LAST_QUERY) ?? '';
  } catch {
    return '';
  }
}
