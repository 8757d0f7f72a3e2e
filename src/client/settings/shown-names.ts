import { type NodeNames, ownNames, renameNodes } from '#course/node-names.ts';

const TEXTS = 'main :is(code, samp, .node-name)';

/** The pages' own texts, so that names can be changed again and again. */
const originals = new WeakMap<Element, { readonly text: string; readonly nodes: readonly ChildNode[] }>();
const originalTexts = new WeakMap<Text, string>();
const originalLabels = new WeakMap<Element, string>();

/** Shows the reader's node names in commands, outputs, inline code and the labels of buttons. Copy and print use what is shown. */
export function showNames(names: NodeNames): void {
  for (const element of document.querySelectorAll(TEXTS)) rename(element, names);
  for (const button of document.querySelectorAll('main button[aria-label]')) {
    const label = originalLabels.get(button) ?? button.getAttribute('aria-label') ?? '';
    originalLabels.set(button, label);
    button.setAttribute('aria-label', renameNodes(label, names));
  }
  delete document.documentElement.dataset.renaming;
  const notice = document.querySelector<HTMLElement>('#names-notice');
  if (notice) {
    notice.hidden = names === ownNames;
    const shown = notice.querySelector('.names-shown');
    if (shown) shown.textContent = Object.values(names).join(', ');
  }
}

function rename(element: Element, names: NodeNames): void {
  const original = originals.get(element) ?? { text: element.textContent, nodes: [...element.childNodes] };
  if (!originals.has(element)) {
    if (renameNodes(original.text, { cp1: '', w1: '', w2: '' }) === original.text) return;
    originals.set(element, original);
  }
  const wanted = renameNodes(original.text, names);
  if (element.textContent === wanted) return;
  element.replaceChildren(...original.nodes);
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode as Text;
    const text = originalTexts.get(node) ?? node.data;
    originalTexts.set(node, text);
    node.data = renameNodes(text, names);
  }
  // A name may go over the border of two coloured words: then the right text matters more than its colours.
  if (element.textContent !== wanted) element.textContent = wanted;
}
