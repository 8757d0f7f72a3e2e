import type { Page } from '@playwright/test';

const DATABASE = 'clusterbook';

/** Puts something in the place of the lab that the browser keeps. */
export async function keep(page: Page, value: unknown): Promise<void> {
  await page.evaluate(
    ([name, kept]) =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open(name as string);
        opening.onupgradeneeded = () => opening.result.createObjectStore('lab');
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const change = opening.result.transaction('lab', 'readwrite');
          change.objectStore('lab').put(kept, 'lab');
          change.oncomplete = () => {
            opening.result.close();
            resolve();
          };
        };
      }),
    [DATABASE, value],
  );
}

/** What the browser keeps. */
export async function keptValue(page: Page): Promise<unknown> {
  return page.evaluate(
    (name) =>
      new Promise<unknown>((resolve, reject) => {
        const opening = indexedDB.open(name);
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          if (!opening.result.objectStoreNames.contains('lab')) {
            resolve(undefined);
            return;
          }
          const reading = opening.result.transaction('lab').objectStore('lab').get('lab');
          reading.onsuccess = () => resolve(reading.result);
        };
      }),
    DATABASE,
  );
}

/** The cluster's time when it was last written down. */
export async function keptAt(page: Page): Promise<number | undefined> {
  const value = (await keptValue(page)) as { readonly cluster?: { readonly now?: number } } | undefined;
  return value?.cluster?.now;
}
