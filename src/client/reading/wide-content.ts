const NAMES: readonly (readonly [selector: string, name: string])[] = [
  ['.output', 'Output'],
  ['.table-scroll', 'Table'],
  ['.diagram > .scroll', 'Diagram'],
  ['main pre', 'Code'],
];

/** What is wider than the page scrolls inside itself; then, and only then, the keyboard can reach it. */
export function followWideContent(): void {
  const watch = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (target.scrollWidth > target.clientWidth) {
        target.setAttribute('tabindex', '0');
        target.setAttribute('role', 'group');
        const name = NAMES.find(([selector]) => target.matches(selector))?.[1] ?? 'Code';
        target.setAttribute('aria-label', `${name}, scrolls sideways`);
      } else for (const attribute of ['tabindex', 'role', 'aria-label']) target.removeAttribute(attribute);
    }
  });
  // The middle of a picture says more than its corner.
  for (const scroll of document.querySelectorAll('.diagram > .scroll')) {
    scroll.scrollLeft = (scroll.scrollWidth - scroll.clientWidth) / 2;
  }
  for (const element of document.querySelectorAll(NAMES.map(([selector]) => selector).join())) watch.observe(element);
}
