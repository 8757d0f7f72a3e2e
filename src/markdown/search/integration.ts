import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';
import { close, createIndex } from 'pagefind';
import { loadCourse } from '../course/load-course.ts';
import { commandRecords } from './command-records.ts';

/** Parts of an article that nobody searches for. */
const UNSEARCHED = ['.actions', '.copy-all', '.permalink', '.no-print', '.task > footer', '.score', '.names-notice'];

/** Makes Pagefind's index of the built pages, and a result of its own for each command, in `/pagefind/`. */
export function searchIndex(): AstroIntegration {
  return {
    name: 'clusterbook:search-index',
    hooks: {
      'astro:build:done': async ({ dir, logger }) => {
        const out = fileURLToPath(dir);
        const { index } = fail(await createIndex({ excludeSelectors: UNSEARCHED }));
        if (!index) throw new Error('Pagefind made no index');
        const { page_count: pages } = fail(await index.addDirectory({ path: out }));
        const records = commandRecords(await loadCourse(), ({ url }) => readFileSync(`${out}${url}index.html`, 'utf8'));
        for (const record of records) fail(await index.addCustomRecord({ ...record, meta: { ...record.meta } }));
        fail(await index.writeFiles({ outputPath: `${out}pagefind` }));
        await close();
        logger.info(`${pages} pages and ${records.length} commands can be searched`);
      },
    },
  };
}

/** Pagefind answers with a list of errors instead of throwing. */
function fail<T extends { errors: string[] }>(answer: T): T {
  if (answer.errors.length > 0) throw new Error(`Pagefind: ${answer.errors.join('; ')}`);
  return answer;
}
