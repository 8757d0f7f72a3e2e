/**
 * What the reader's browser keeps. Every access survives a browser that forbids storage or is full: then things last as long as the page.
 * Values are JSON unless public/early.js reads them too (the theme).
 */
const PREFIX = 'clusterbook:';

/** The part of localStorage that is used, so that tests can bring their own. */
export type Shelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** The browser's storage, or undefined where touching it throws. */
function browserShelf(): Shelf | undefined {
  try {
    return globalThis.localStorage;
  } catch {
    return undefined;
  }
}

export function readText(key: string, shelf = browserShelf()): string | undefined {
  try {
    return shelf?.getItem(PREFIX + key) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Undefined removes what was kept. */
export function writeText(key: string, value: string | undefined, shelf = browserShelf()): void {
  try {
    if (value === undefined) shelf?.removeItem(PREFIX + key);
    else shelf?.setItem(PREFIX + key, value);
  } catch {
    // Forbidden or full: nothing is kept, the page works on.
  }
}

/** What `accept` makes of the kept JSON; undefined when there is none, it is broken, or `accept` refuses it. */
export function readJson<T>(
  key: string,
  accept: (value: unknown) => T | undefined,
  shelf = browserShelf(),
): T | undefined {
  const text = readText(key, shelf);
  if (text === undefined) return undefined;
  try {
    return accept(JSON.parse(text));
  } catch {
    return undefined;
  }
}

export function writeJson(key: string, value: unknown, shelf = browserShelf()): void {
  writeText(key, value === undefined ? undefined : JSON.stringify(value), shelf);
}

/** Calls back when another tab has changed the key, until the signal. */
export function onOtherTab(key: string, changed: () => void, signal?: AbortSignal): void {
  const options = signal ? { signal } : {};
  addEventListener(
    'storage',
    (event) => {
      if (event.key === null || event.key === PREFIX + key) changed();
    },
    options,
  );
}
