import { expect, test } from '../site/site.ts';
import { LabPage } from './lab-page.ts';

const PAGE = '/cluster-architecture/kube-apiserver/';

test('what is rarely typed loads when it is typed first, and not before', async ({ page }) => {
  const loaded: string[] = [];
  page.on('request', (request) => loaded.push(new URL(request.url()).pathname));
  await page.goto(PAGE);
  const lab = new LabPage(page);
  await lab.open();
  const isLoaded = (pattern: RegExp) => loaded.some((path) => pattern.test(path));
  expect(isLoaded(/jq|awk|vi-|fields\.json/)).toBe(false);
  expect(await lab.answer(`echo '{"a":[1,2]}' | jq -c .a`)).toBe('[1,2]');
  expect(await lab.answer("echo one two | awk '{print $2}'")).toBe('two');
  expect(await lab.answer('kubectl explain pod.spec.nodeName | head -4 | tail -1')).toBe('FIELD: nodeName <string>');
  expect(await lab.answer('kubectl explain pod | tail -n +5 | head -1')).toContain('Pod is a collection of containers');
  await page.keyboard.press('Control+l');
  await lab.type('vi notes.txt');
  await lab.shows(/~\n.*"notes\.txt" \[New\]/s);
  await page.keyboard.type('ihello');
  await page.keyboard.press('Escape');
  await lab.type(':wq');
  await lab.prompt();
  expect(await lab.answer('cat notes.txt')).toBe('hello');
});

test.describe('without a network', () => {
  test.use({ allowedFailures: [/fields\.json/] });
  test('a tool says that it could not be loaded, and is tried again', async ({ page }) => {
    await page.goto(PAGE);
    const lab = new LabPage(page);
    await lab.open();
    let isDown = true;
    await page.context().route('**/lab/fields.json', async (route) => {
      if (isDown) await route.abort();
      else await route.continue();
    });
    expect(await lab.answer('kubectl explain pod; echo $?')).toMatch(/^kubectl: could not be loaded: .+\n126$/s);
    isDown = false;
    expect(await lab.answer('kubectl explain pod | head -1')).toBe('KIND:       Pod');
  });
});
