import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import type { AstroIntegration } from 'astro';
import { bootState } from './boot-state.ts';
import { fieldTexts } from './field-texts.ts';

const DAY = 24 * 3_600_000;

/** Writes `/lab/cluster.json`, the cluster that a new lab begins with; the same for all builds of a day; and `/lab/fields.json`, for explain. */
export function bootStateFile(): AstroIntegration {
  return {
    name: 'clusterbook:boot-state',
    hooks: {
      'astro:build:done': async ({ dir, logger }) => {
        const text = JSON.stringify(bootState(Math.floor(Date.now() / DAY) * DAY));
        const folder = new URL('lab/', dir);
        await mkdir(folder, { recursive: true });
        await writeFile(fileURLToPath(new URL('cluster.json', folder)), text);
        await writeFile(fileURLToPath(new URL('fields.json', folder)), JSON.stringify(fieldTexts()));
        logger.info(`the cluster of a new lab: ${Math.ceil(brotliCompressSync(text).length / 1024)} KiB (brotli)`);
      },
    },
  };
}
