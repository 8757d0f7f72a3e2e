import { type AddressInfo, createServer } from 'node:net';
import { defineConfig, devices } from '@playwright/test';
import { chromiumArgs, findChromium } from './scripts/chromium.ts';

// Any free port, chosen once: workers read this file again and inherit the choice.
process.env['CLUSTERBOOK_TEST_PORT'] ??= String(await freePort());
const PORT = process.env['CLUSTERBOOK_TEST_PORT'];
const executablePath = await findChromium();

export default defineConfig({
  testDir: 'e2e',
  testMatch: ['site/*.spec.ts', 'lab/*.spec.ts'],
  forbidOnly: Boolean(process.env['CI']),
  retries: 0,
  fullyParallel: true,
  workers: 2,
  timeout: 60_000,
  // The run ends with its closing line, whatever hangs; tests that were not reached are named then.
  globalTimeout: 15 * 60_000,
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

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
