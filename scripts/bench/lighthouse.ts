import { launch } from 'chrome-launcher';
import lighthouse from 'lighthouse';
import { chromiumArgs, findChromium } from '../chromium.ts';

/** Lighthouse's categories, each from 0 to 100. */
export interface Scores {
  readonly page: string;
  readonly performance: number;
  readonly accessibility: number;
  readonly bestPractices: number;
  readonly seo: number;
}

/** Runs Lighthouse (its phone preset) on some pages of a served site. */
export async function lighthouseScores(origin: string, pages: readonly string[]): Promise<readonly Scores[]> {
  const browser = await launch({ chromePath: await findChromium(), chromeFlags: ['--headless', ...chromiumArgs] });
  try {
    const scores: Scores[] = [];
    for (const page of pages) {
      const result = await lighthouse(origin + page, { port: browser.port, logLevel: 'error' });
      const score = (name: string) => Math.round((result?.lhr.categories[name]?.score ?? 0) * 100);
      for (const audit of Object.values(result?.lhr.audits ?? {})) {
        const weighed = audit.scoreDisplayMode === 'binary' || audit.scoreDisplayMode === 'metricSavings';
        if (weighed && audit.score !== null && audit.score < 0.9) console.log(`  ${page}: ${audit.id}, ${audit.title}`);
      }
      scores.push({
        page,
        performance: score('performance'),
        accessibility: score('accessibility'),
        bestPractices: score('best-practices'),
        seo: score('seo'),
      });
    }
    return scores;
  } finally {
    browser.kill();
  }
}
