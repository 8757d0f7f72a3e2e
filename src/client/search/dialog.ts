import { announce } from '../announce.ts';
import { type Found, type Group, groupByPage, type Hit } from './groups.ts';
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

/** Opens the search dialog; it is made when it is first wanted. */
export function showSearch(): void {
  dialog ??= makeDialog();
  if (dialog.open) return;
  dialog.showModal();
  const field = dialog.querySelector('input');
  field?.select();
  if (field?.value) void search(field.value);
  pagefind ??= loadIndex();
  pagefind.catch(() => showMessage('Search could not be loaded. Are you offline? Close this and try again.'));
}

async function loadIndex(): Promise<Pagefind> {
  try {
    const module: Pagefind = await import(/* @vite-ignore */ INDEX);
    await module.init();
    return module;
  } catch (error) {
    pagefind = undefined;
    throw error;
  }
}

function makeDialog(): HTMLDialogElement {
  const made = document.createElement('dialog');
  made.className = 'search-dialog no-print';
  made.setAttribute('aria-label', 'Search');
  made.innerHTML = `<form method="dialog">
      <input type="search" role="combobox" aria-label="Search lessons and commands" aria-expanded="true" aria-controls="search-results"
        aria-autocomplete="list" placeholder="Search lessons and commands" autocomplete="off" autocapitalize="off" spellcheck="false">
      <button class="button bare" type="submit">Close</button>
    </form>
    <div id="search-results" role="listbox" aria-label="Results"></div>
    <p class="search-message"></p>
    <p class="search-keys" aria-hidden="true"><kbd>↑</kbd> <kbd>↓</kbd> choose <kbd>Enter</kbd> open <kbd>Esc</kbd> close</p>`;
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
  showSuggestions();
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
    show(groupByPage(results), query);
  } catch {
    showMessage('Search could not be loaded. Are you offline? Close this and try again.');
  }
}

function show(groups: readonly Group[], query: string): void {
  chosen = -1;
  const list = part('#search-results');
  list.replaceChildren(...groups.map(groupElement));
  const count = list.querySelectorAll('[role=option]').length;
  if (count === 0) {
    showSuggestions(`Nothing found for “${query}”. Try fewer or other words:`);
    announce('Nothing found');
    return;
  }
  part('.search-message').textContent = '';
  choose(0);
  announce(`${count} results on ${groups.length} ${groups.length === 1 ? 'page' : 'pages'}`);
}

function groupElement(group: Group, index: number): HTMLElement {
  const element = document.createElement('div');
  element.setAttribute('role', 'group');
  element.setAttribute('aria-label', group.title);
  const name = document.createElement('p');
  name.className = 'search-page';
  name.setAttribute('aria-hidden', 'true');
  name.textContent = group.title;
  element.append(name, ...group.hits.map((hit, position) => hitElement(hit, `search-hit-${index}-${position}`)));
  return element;
}

function hitElement(hit: Hit, id: string): HTMLElement {
  const link = document.createElement('a');
  link.id = id;
  link.href = hit.url;
  link.className = `search-hit ${hit.kind}`;
  link.setAttribute('role', 'option');
  link.setAttribute('aria-selected', 'false');
  link.tabIndex = -1;
  const title = document.createElement('span');
  title.className = 'search-title';
  title.textContent = hit.kind === 'page' ? 'The page' : hit.title;
  link.append(title);
  if (hit.kind === 'command') {
    if (hit.command !== hit.title) {
      const code = document.createElement('code');
      code.textContent = hit.command ?? '';
      link.append(code);
    }
    title.classList.toggle('code', hit.command === hit.title);
    const place = document.createElement('span');
    place.className = 'search-place';
    place.textContent = hit.place ?? '';
    link.append(place);
  } else {
    const excerpt = document.createElement('span');
    excerpt.className = 'search-excerpt';
    // Pagefind escapes the text and adds nothing but <mark>.
    excerpt.innerHTML = hit.excerpt;
    link.append(excerpt);
  }
  return link;
}

function followKeys(event: KeyboardEvent): void {
  const last = options().length - 1;
  const moves: Readonly<Record<string, number>> = {
    ArrowDown: chosen >= last ? 0 : chosen + 1,
    ArrowUp: chosen <= 0 ? last : chosen - 1,
    PageDown: Math.min(last, chosen + 5),
    PageUp: Math.max(0, chosen - 5),
  };
  const target = moves[event.key];
  if (target !== undefined && last >= 0) {
    event.preventDefault();
    choose(target);
  } else if (event.key === 'Enter' && event.target instanceof HTMLInputElement) {
    event.preventDefault();
    options()[chosen]?.click();
  }
}

function choose(index: number): void {
  const all = options();
  all[chosen]?.setAttribute('aria-selected', 'false');
  chosen = index;
  const option = all[index];
  option?.setAttribute('aria-selected', 'true');
  option?.scrollIntoView({ block: 'nearest' });
  const field = dialog?.querySelector('input');
  if (option) field?.setAttribute('aria-activedescendant', option.id);
  else field?.removeAttribute('aria-activedescendant');
}

function options(): HTMLElement[] {
  return [...(dialog?.querySelectorAll<HTMLElement>('[role=option]') ?? [])];
}

function showSuggestions(lead = 'Try:'): void {
  chosen = -1;
  dialog?.querySelector('#search-results')?.replaceChildren();
  const message = dialog?.querySelector('.search-message');
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
  message?.replaceChildren(lead, ...buttons.flatMap((button) => [' ', button]));
}

function showMessage(text: string): void {
  part('#search-results').replaceChildren();
  part('.search-message').textContent = text;
  announce(text);
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
