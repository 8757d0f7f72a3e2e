import { defineConfig, devices } from '@playwright/test';
import { chromiumArgs, findChromium } from './scripts/chromium.ts';

const PORT = 4399;
const executablePath = await findChromium();

export default defineConfig({
  testDir: 'e2e/site',
  forbidOnly: Boolean(process.env['CI']),
  retries: 0,
  fullyParallel: true,
  workers: 2,
  timeout: 60_000,
  // CI ends within 15 minutes, with its closing line, whatever hangs; tests that were not reached are named then.
  globalTimeout: 9 * 60_000,
  reporter: [['dot'], ['json', { outputFile: 'test-results/playwright.json' }]],
  outputDir: 'test-results/pages',
  use: {
    baseURL: `http://127.0.0.1:${PORT}`,
    permissions: ['clipboard-read', 'clipboard-write'],
    launchOptions: { executablePath, args: [...chromiumArgs] },
  },
  projects: [{ name: 'chromium', use: { ...devices['Desktop Chrome'], viewport: { width: 1280, height: 900 } } }],
  webServer: {
    command: `node scripts/serve.ts --port ${PORT}`,
    url: `http://127.0.0.1:${PORT}/`,
    // A server that somebody left running may serve another build.
    reuseExistingServer: false,
  },
});
