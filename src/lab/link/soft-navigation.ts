import { navigate } from 'astro:transitions/client';

/** What of a page is its own; header, settings and the lab stay. */
const OWN = '.columns';
const HEAD = ['meta[name="description"]', 'link[rel="canonical"]', 'meta[name="robots"]'];

/**
 * From now on links of the site change the text alone, so that the cluster and its terminals stay: the page is fetched, and its part takes
 * the place of the one that is shown. History, scrolling and what screen readers hear are the router's of Astro.
 */
export function navigateSoftly(): void {
  document.addEventListener('click', (event) => {
    const link = linkOf(event);
    if (!link) return;
    event.preventDefault();
    void navigate(link.href, { sourceElement: link });
  });
  document.addEventListener('astro:before-swap', (event) => {
    const { newDocument } = event;
    event.swap = () => swap(newDocument);
  });
}

/** A page of ours that would take this one's place. */
function linkOf(event: MouseEvent): HTMLAnchorElement | undefined {
  const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.altKey && !event.shiftKey;
  if (!isPlain || event.defaultPrevented || !(event.target instanceof Element)) return undefined;
  const link = event.target.closest('a');
  if (link?.target !== '' || link.hasAttribute('download')) return undefined;
  const { origin, pathname } = new URL(link.href, location.href);
  return origin === location.origin && pathname.endsWith('/') ? link : undefined;
}

function swap(next: Document): void {
  const shown = document.querySelector(OWN);
  const wanted = next.querySelector(OWN);
  if (!shown || !wanted) {
    location.reload();
    return;
  }
  document.title = next.title;
  for (const selector of HEAD) {
    document.head.querySelector(selector)?.remove();
    const own = next.head.querySelector(selector);
    if (own) document.head.append(document.adoptNode(own));
  }
  for (const sheet of next.head.querySelectorAll<HTMLLinkElement>('link[rel="stylesheet"]')) {
    const href = sheet.getAttribute('href') ?? '';
    if (!document.head.querySelector(`link[rel="stylesheet"][href="${href}"]`))
      document.head.append(document.adoptNode(sheet));
  }
  const hadFocus = shown.contains(document.activeElement) || document.activeElement === document.body;
  shown.replaceWith(document.adoptNode(wanted));
  if (hadFocus) document.querySelector<HTMLElement>('#main')?.focus({ preventScroll: true });
}
