/**
 * Does something with the page that is shown, and again whenever another one has taken its place without being loaded: while a lab runs,
 * links change the text alone. The signal ends with the page.
 */
export function onEachPage(follow: (leaving: AbortSignal) => void): void {
  let leaving = new AbortController();
  follow(leaving.signal);
  document.addEventListener('astro:after-swap', () => {
    leaving.abort();
    leaving = new AbortController();
    follow(leaving.signal);
  });
}
