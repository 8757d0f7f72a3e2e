import { fileURLToPath } from 'node:url';
import { defineConfig } from '@playwright/test';
import site from '../../playwright.config.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The browser and the server of the site's own tests; pages one after the other, since they share a cluster. */
export default defineConfig({
  ...site,
  testDir: '.',
  testMatch: '*.spec.ts',
  fullyParallel: false,
  workers: 1,
  // Every command has its own limit; a page has as many as it needs.
  timeout: 0,
  globalTimeout: 40 * 60_000,
  reporter: [
    ['list', { printSteps: true }],
    ['html', { open: 'never', outputFolder: `${root}/test-results/kind/report` }],
    ['json', { outputFile: `${root}/test-results/kind/playwright.json` }],
  ],
  outputDir: `${root}/test-results/kind/pages`,
  ...(site.webServer && !Array.isArray(site.webServer) ? { webServer: { ...site.webServer, cwd: root } } : {}),
});
