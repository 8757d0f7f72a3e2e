import { LinkChecker } from 'linkinator';
import { serveSite } from '../serve.ts';
import type { Counts } from './step.ts';

/** Follows every link of the built site, anchors included. Other hosts are not asked: a proof must not depend on them. */
export async function checkLinks(): Promise<Counts> {
  const site = await serveSite();
  try {
    const { links } = await new LinkChecker().check({
      path: `${site.url}/`,
      recurse: true,
      checkFragments: true,
      concurrency: 8,
      linksToSkip: async (link) => !link.startsWith(site.url),
    });
    const asked = links.filter((link) => link.state !== 'SKIPPED');
    const broken = asked.filter((link) => link.state === 'BROKEN');
    for (const link of broken) console.error(`dead link ${link.url} on ${link.parent} (${link.status ?? 'no answer'})`);
    console.log(`${asked.length} addresses followed`);
    return {
      passed: broken.length === 0 && asked.length > 0 ? 1 : 0,
      failed: Math.max(broken.length, asked.length > 0 ? 0 : 1),
      skipped: [],
    };
  } finally {
    await site.close();
  }
}
