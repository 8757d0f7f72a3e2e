/** Says something to screen readers, politely, through the page's one live region. */
export function announce(text: string): void {
  const region = document.querySelector('#announcer');
  if (!region) return;
  region.textContent = '';
  // The same words twice are a change only when there was nothing in between.
  setTimeout(() => {
    region.textContent = text;
  }, 50);
}
