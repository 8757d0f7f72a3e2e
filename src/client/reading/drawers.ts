/** Closes "on this page" once a link in it was followed; the browser itself opens and closes it otherwise. */
export function followDrawers(): void {
  const toc = document.querySelector<HTMLElement>('.page-toc');
  toc?.addEventListener('click', (event) => {
    if (event.target instanceof Element && event.target.closest('a') && toc.matches(':popover-open')) toc.hidePopover();
  });
}
