import type { AstroIntegration } from 'astro';
import { loadCourse } from './load-course.ts';

/**
 * Checks all lessons before anything is rendered, so that an author sees every problem of every file at once, with its place and
 * its cure, and no broken page is ever written. While authors edit, problems are shown and the server stays up.
 */
export function checkLessons(): AstroIntegration {
  return {
    name: 'clusterbook:check-lessons',
    hooks: {
      'astro:build:start': async () => {
        await loadCourse();
      },
      'astro:server:start': async ({ logger }) => {
        await loadCourse().catch((error: unknown) => logger.error(String(error)));
      },
    },
  };
}
