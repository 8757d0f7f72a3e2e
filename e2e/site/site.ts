import { test as base, expect } from '@playwright/test';
import type { Course, Lesson } from '#course/lesson.ts';
import { loadCourse } from '#markdown/course/load-course.ts';

/** The course as the parser reads it, for comparison with what the pages show. */
export const course: Course = await loadCourse();
export const lessons: readonly Lesson[] = course.modules.flatMap((module) => module.lessons);

/** Every page that the site publishes, by its address. */
export const pages: readonly string[] = [
  '/',
  '/cheat-sheet/',
  '/lab/',
  '/your-own-cluster/',
  ...course.modules.flatMap((module) => [`/${module.slug}/`, `/${module.slug}/cheat-sheet/`]),
  ...lessons.map((lesson) => lesson.url),
];

/**
 * A test whose page fails it for what no page of this site may do: a console error, an uncaught exception, a violation of the
 * Content-Security-Policy, a request to another host, an answer of 400 or more.
 */
export const test = base.extend<{ quiet: undefined; allowedFailures: RegExp[] }>({
  /** Addresses whose failing answer is what the test is about. */
  allowedFailures: [[], { option: true }],
  quiet: [
    async ({ page, baseURL, allowedFailures }, use) => {
      const faults: string[] = [];
      const allowed = (text: string) => allowedFailures.some((pattern) => pattern.test(text));
      page.on('console', (message) => {
        if (message.type() === 'error' && !allowed(message.location().url)) {
          faults.push(`console: ${message.text()} (${message.location().url})`);
        }
      });
      page.on('pageerror', (error) => faults.push(`exception: ${error.message}`));
      page.on('request', (request) => {
        const url = new URL(request.url());
        if (url.protocol.startsWith('http') && url.origin !== baseURL)
          faults.push(`request to another host: ${url.href}`);
      });
      page.on('response', (response) => {
        if (response.status() >= 400 && !allowed(response.url())) faults.push(`${response.status()} ${response.url()}`);
      });
      await use(undefined);
      expect(faults, 'faults of the page').toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };
