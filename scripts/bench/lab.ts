import { type BrowserContext, chromium, type Page } from '@playwright/test';
import { chromiumArgs, findChromium } from '../chromium.ts';

/** The budgets of the lab in the page (bytes as they are served: gzip; milliseconds; megabytes). */
export const labBudget = { bytes: 300 * 1024, boot: 60 * 1024, firstOutput: 500, longestTask: 50, heap: 80 } as const;

const PAGE = '/cluster-architecture/kube-apiserver/';
const PODS = 1_000;
const RUNS = 5;

/** What a lab costs a reader, in a real Chromium. */
export interface LabCost {
  /** Of all that is loaded between the first press of Run and its output, but for the saved cluster, which is counted apart. */
  readonly bytes: number;
  readonly boot: number;
  /** From the first press of Run to the first output, with a warm cache. */
  readonly firstOutput: number;
  /** The longest task of the page's own thread (0: none of 50 ms or more) while a Deployment of a thousand Pods starts; as many run as the nodes take. */
  readonly longestTask: number;
  /** Of the page's own thread with these Pods, in megabytes; the cluster's is measured beside. */
  readonly heap: number;
}

/** @param url of a site that is served as it is published */
export async function measureLab(url: string): Promise<LabCost> {
  const browser = await chromium.launch({ executablePath: await findChromium(), args: [...chromiumArgs] });
  try {
    const cold = await browser.newContext();
    const { bytes, boot } = await firstUse(cold, url);
    // The same cache, another lab: nothing is kept of the first one.
    const times: number[] = [];
    const tasks: number[] = [];
    let heap = 0;
    for (let run = 0; run < RUNS; run += 1) {
      const page = await cold.newPage();
      await forget(page, url);
      times.push(await firstOutput(page, url));
      const started = await startPods(page);
      tasks.push(started.longest);
      heap = started.heap;
      await page.close();
    }
    return { bytes, boot, firstOutput: median(times), longestTask: median(tasks), heap };
  } finally {
    await browser.close();
  }
}

async function firstUse(context: BrowserContext, url: string): Promise<{ bytes: number; boot: number }> {
  const page = await context.newPage();
  await page.goto(url + PAGE, { waitUntil: 'networkidle' });
  const before = await loaded(page);
  let boot = 0;
  const sizes: Promise<void>[] = [];
  context.on('requestfinished', (request) => {
    if (request.url().endsWith('/lab/cluster.json'))
      sizes.push(
        request.sizes().then(({ responseBodySize }) => {
          boot = responseBodySize;
        }),
      );
  });
  await pressRun(page);
  await Promise.all(sizes);
  const bytes = (await loaded(page)) - before;
  await page.close();
  return { bytes, boot };
}

/** Bytes of all that the page loaded, the script of its worker too; what a worker fetches by itself is not among them. */
function loaded(page: Page): Promise<number> {
  return page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .reduce((sum, entry) => sum + (entry as PerformanceResourceTiming).encodedBodySize, 0),
  );
}

async function firstOutput(page: Page, url: string): Promise<number> {
  await page.goto(url + PAGE, { waitUntil: 'networkidle' });
  return pressRun(page);
}

/** @returns milliseconds until the command has answered, of which one row is the first */
async function pressRun(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const begun = performance.now();
        document.querySelector<HTMLElement>('.command .run')?.click();
        const look = () => {
          const text = document.querySelector('.lab-screen:not([hidden]) .xterm-rows')?.textContent ?? '';
          // The command, and something behind it.
          if (text.includes('1/1')) resolve(performance.now() - begun);
          else requestAnimationFrame(look);
        };
        look();
      }),
  );
}

async function startPods(page: Page): Promise<{ longest: number; heap: number }> {
  await page.waitForTimeout(1_000);
  await page.evaluate(() => {
    Reflect.set(globalThis, 'longest', 0);
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries())
        Reflect.set(globalThis, 'longest', Math.max(Reflect.get(globalThis, 'longest') as number, duration));
    }).observe({ type: 'longtask' });
  });
  await page.locator('.lab-screen:not([hidden]) textarea').focus();
  const done = 'kubectl get deployment many -o jsonpath={.status.replicas}';
  await page.keyboard.type(
    `kubectl create deployment many --image=nginx:1.27 --replicas=${PODS}; until [ "$(${done})" = ${PODS} ]; do sleep 1; done; sleep 20; echo all-are-there`,
  );
  await page.keyboard.press('Enter');
  await page.waitForFunction(
    () =>
      /^all-are-there/m.test(
        [...document.querySelectorAll('.xterm-rows > div')].map((row) => row.textContent).join('\n'),
      ),
    undefined,
    { timeout: 120_000 },
  );
  const longest = await page.evaluate(() => Reflect.get(globalThis, 'longest') as number);
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return { longest, heap: usedSize / 1e6 };
}

/** A lab that begins anew. */
async function forget(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/robots.txt`);
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const request = indexedDB.deleteDatabase('clusterbook');
        request.onsuccess = () => resolve();
        request.onerror = () => resolve();
        request.onblocked = () => resolve();
      }),
  );
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
