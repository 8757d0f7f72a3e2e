import { type NodeNames, renameNodes } from '#course/node-names.ts';
import type { Group, Hit } from './groups.ts';

/** A page's hits as a group of the list of results; commands are shown with the reader's node names. */
export function groupElement(group: Group, index: number, names: NodeNames): HTMLElement {
  const element = document.createElement('div');
  element.setAttribute('role', 'group');
  element.setAttribute('aria-label', group.title);
  if (group.hits[0]?.kind !== 'page') {
    const name = child(element, 'p', 'search-page', group.title);
    name.setAttribute('aria-hidden', 'true');
  }
  element.append(...group.hits.map((hit, position) => hitElement(hit, `search-hit-${index}-${position}`, names)));
  return element;
}

function hitElement(hit: Hit, id: string, names: NodeNames): HTMLElement {
  const link = document.createElement('a');
  link.id = id;
  link.href = hit.url;
  link.className = `search-hit hit-${hit.kind}`;
  link.setAttribute('role', 'option');
  link.setAttribute('aria-selected', 'false');
  link.tabIndex = -1;
  if (hit.command === undefined) {
    child(link, 'span', 'search-title', hit.title);
    // Pagefind escapes the text and adds nothing but <mark>.
    child(link, 'span', 'search-excerpt').innerHTML = hit.excerpt;
  } else {
    const command = renameNodes(hit.command, names);
    link.dataset.command = command;
    if (hit.title !== hit.command) child(link, 'span', 'search-title', hit.title);
    child(link, 'code', '', command);
    child(link, 'span', 'search-place', renameNodes(hit.place ?? '', names));
  }
  return link;
}

function child(parent: HTMLElement, tag: string, className: string, text = ''): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  parent.append(made);
  return made;
}
