import { element } from './element.ts';

let menus = 0;

/** A button that opens a panel of the browser's own kind (popover): Escape and a click elsewhere close it. */
export function menu(
  className: string,
  label: string,
  ...content: readonly (Node | string)[]
): { readonly opener: HTMLButtonElement; readonly panel: HTMLElement } {
  menus += 1;
  const id = `lab-menu-${menus}`;
  const panel = element('div', 'lab-menu', { id, popover: '' }, ...content);
  const opener = element('button', className, { type: 'button', popovertarget: id, 'aria-haspopup': 'true' }, label);
  // A panel of the top layer knows nothing of its opener's place.
  panel.addEventListener('toggle', (event) => {
    if ((event as ToggleEvent).newState !== 'open') return;
    const at = opener.getBoundingClientRect();
    panel.style.right = `${Math.max(8, innerWidth - at.right)}px`;
    panel.style.bottom = `${Math.max(8, innerHeight - at.top + 6)}px`;
  });
  panel.addEventListener('click', (event) => {
    if (event.target instanceof Element && event.target.closest('[data-closes]')) panel.hidePopover();
  });
  return { opener, panel };
}
