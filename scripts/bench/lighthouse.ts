import { launch } from 'chrome-launcher';
import lighthouse from 'lighthouse';
import { chromiumArgs, findChromium } from '../chromium.ts';
import { median } from './page-bytes.ts';

/** Lighthouse's categories, each from 0 to 100. */
export interface Scores {
  readonly page: string;
  readonly performance: number;
  readonly accessibility: number;
  readonly bestPractices: number;
  readonly seo: number;
}

type Category = Exclude<keyof Scores, 'page'>;

const CATEGORIES: Readonly<Record<Category, string>> = {
  performance: 'performance',
  accessibility: 'accessibility',
  bestPractices: 'best-practices',
  seo: 'seo',
};

/** Performance is measured against the clock, and a busy machine moves it: the middle of some runs counts. */
const RUNS = 3;

/** Runs Lighthouse (its phone preset) on some pages of a served site. */
export async function lighthouseScores(origin: string, pages: readonly string[]): Promise<readonly Scores[]> {
  const browser = await launch({ chromePath: await findChromium(), chromeFlags: ['--headless', ...chromiumArgs] });
  try {
    const scores: Scores[] = [];
    for (const page of pages) {
      const runs: Record<string, number>[] = [];
      for (let run = 0; run < RUNS; run += 1) runs.push(await once(origin + page, browser.port));
      const middle = (name: Category) => median(runs.map((run) => run[CATEGORIES[name]] ?? 0));
      scores.push({
        page,
        performance: middle('performance'),
        accessibility: middle('accessibility'),
        bestPractices: middle('bestPractices'),
        seo: middle('seo'),
      });
    }
    return scores;
  } finally {
    browser.kill();
  }
}

/** One run: each category's score from 0 to 100. What costs points is printed. */
async function once(url: string, port: number): Promise<Record<string, number>> {
  const result = await lighthouse(url, { port, logLevel: 'error' });
  for (const category of Object.values(result?.lhr.categories ?? {})) {
    for (const { id, weight } of category.auditRefs) {
      const audit = result?.lhr.audits[id];
      if (weight > 0 && audit && audit.score !== null && audit.score < 0.9)
        console.log(`  ${url}: ${audit.title} (${id})`);
    }
  }
  const scores = Object.values(result?.lhr.categories ?? {}).map(
    (category) => [category.id, Math.round((category.score ?? 0) * 100)] as const,
  );
  return Object.fromEntries(scores);
}
