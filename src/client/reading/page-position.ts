/** Marks in "on this page" the section that is being read: the last one whose heading has passed the upper third. */
export function followPosition(leaving: AbortSignal): void {
  const links = [...document.querySelectorAll<HTMLAnchorElement>('.page-toc a')];
  const sections = links.flatMap((link) => {
    const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    return heading ? [{ link, heading }] : [];
  });
  if (sections.length === 0) return;
  let waiting = false;
  const mark = () => {
    waiting = false;
    const passed = sections.filter(({ heading }) => heading.getBoundingClientRect().top < innerHeight / 3);
    const atEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 4;
    const current = (atEnd ? sections : passed).at(-1);
    for (const section of sections) {
      if (section === current) section.link.setAttribute('aria-current', 'true');
      else section.link.removeAttribute('aria-current');
    }
  };
  addEventListener(
    'scroll',
    () => {
      if (!waiting) requestAnimationFrame(mark);
      waiting = true;
    },
    { passive: true, signal: leaving },
  );
  mark();
}
