import { expect, test } from '../site/site.ts';
import { LabPage } from './lab-page.ts';

const PAGE = '/cluster-architecture/kube-apiserver/';

let lab: LabPage;
test.beforeEach(async ({ page }) => {
  await page.goto(PAGE);
  lab = new LabPage(page);
  await lab.open();
});

test('a line is edited as in bash, by keys that browsers like to keep', async ({ page }) => {
  const { keyboard } = page;
  await keyboard.type('b c');
  await keyboard.press('Control+a');
  await keyboard.type('echo a ');
  await keyboard.press('Control+e');
  await keyboard.type(' wrong');
  await keyboard.press('Control+w');
  await keyboard.type('d');
  await lab.shows(/\$ echo a b c d$/);
  await keyboard.press('Enter');
  await lab.shows(/\na b c d\n/);
  // The browser would reload the page, and search its history.
  await keyboard.press('Control+r');
  await keyboard.type('a b');
  await lab.shows(/\(reverse-i-search\)`a b': echo a b c d/);
  await keyboard.press('Control+g');
  await keyboard.press('ArrowUp');
  await lab.shows(/\$ echo a b c d$/);
  await keyboard.press('Control+u');
  await keyboard.press('Control+l');
  await lab.shows((text) => /^\S+\$$/.test(text), 'one prompt alone');
});

test('Tab completes commands, flags, resources, names and files', async ({ page }) => {
  const { keyboard } = page;
  const completed = async (typed: string, line: RegExp) => {
    await keyboard.press('Control+u');
    await keyboard.press('Control+l');
    await keyboard.type(typed);
    await keyboard.press('Tab');
    await lab.shows(line, String(line));
  };
  await completed('kubec', /\$ kubectl $|\$ kubectl$/);
  await completed('kubectl descr', /\$ kubectl describe$/);
  await completed('kubectl get pods --all-n', /--all-namespaces$/);
  await completed('kubectl get deploym', /\$ kubectl get deployments\.apps$/);
  await completed('kubectl -n kube-system logs kube-apis', /logs kube-apiserver-cp1$/);
  await completed('cat /etc/hostn', /\$ cat \/etc\/hostname$/);
});

test('history is there after a reload', async ({ page }) => {
  await lab.type('echo remember me');
  await lab.shows(/\nremember me\n/);
  await lab.type('exit');
  await lab.shows(/The shell ended; this is a new one/);
  await lab.kept();
  await page.reload();
  await lab.open();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await lab.shows(/\$ echo remember me$/);
});

test('copy and paste by the keys of terminals, the mouse and its middle button', async ({ page }) => {
  const { keyboard } = page;
  await lab.type('echo copy-this-word');
  await lab.shows(/\ncopy-this-word\n/);
  const row = lab.screen.locator('.xterm-rows > div').filter({ hasText: /^copy-this-word/ });
  const box = await row.boundingBox();
  if (!box) throw new Error('the row has no place');
  await page.mouse.dblclick(box.x + 40, box.y + box.height / 2);
  await keyboard.press('Control+Shift+C');
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe('copy-this-word');
  await keyboard.type('echo ');
  await keyboard.press('Control+Shift+V');
  await lab.shows(/\$ echo copy-this-word$/);
  await page.mouse.click(box.x + 300, box.y + box.height / 2, { button: 'middle' });
  await lab.shows(/\$ echo copy-this-wordcopy-this-word$/);
});

test('lines that are pasted wait for Enter', async ({ page }) => {
  await page.evaluate(() => navigator.clipboard.writeText('echo one\necho two'));
  await page.keyboard.press('Control+Shift+V');
  await lab.shows(/echo one\n?.*echo two$/s);
  expect(await lab.text()).not.toMatch(/\none\n/);
  await page.keyboard.press('Enter');
  await lab.shows(/\none\ntwo\n/);
});

test('Ctrl+C ends what never ends, and the page answers meanwhile', async ({ page }) => {
  for (const command of ['yes', 'while true; do :; done', 'while true; do echo x; sleep 1; done']) {
    await lab.type(command);
    await page.waitForFunction(() => new Promise((resolve) => requestAnimationFrame(() => resolve(true))));
    await page.keyboard.press('Control+c');
    await lab.shows(/\^C\n.*\$$/s, `a prompt after ${command}`);
    await page.keyboard.press('Control+l');
  }
  await lab.type('kubectl logs -f -n kube-system kube-apiserver-cp1 --tail=1');
  await lab.shows((text) => text.split('\n').length > 1, 'a line of the log');
  await page.keyboard.press('Control+c');
  await lab.shows(/\^C\n.*\$$/s, 'a prompt after logs -f');
  expect(await lab.answer('echo $?')).toBe('130');
});

test('Ctrl+D ends the shell, and there is a new one', async ({ page }) => {
  await lab.answer('cd /tmp');
  await page.keyboard.press('Control+d');
  await lab.shows(/The shell ended; this is a new one/);
  await lab.prompt();
  expect(await lab.answer('pwd')).toBe('/home/learner');
});

test('the shell knows the size of its window', async ({ page }) => {
  const size = async () => (await lab.answer('stty size')).split(' ').map(Number);
  const [rows = 0, columns = 0] = await size();
  const grip = page.getByRole('separator', { name: 'Height of the lab' });
  await grip.focus();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await lab.focus();
  const [taller = 0] = await size();
  expect(taller).toBeGreaterThan(rows);
  await page.setViewportSize({ width: 900, height: 900 });
  await lab.prompt();
  const [, narrower = 0] = await size();
  expect(narrower).toBeLessThan(columns);
});

test('sudo, ssh and exit lead from machine to machine', async () => {
  await lab.openTab('cp1');
  await expect(lab.tab('cp1')).toHaveAttribute('aria-selected', 'true');
  expect(await lab.answer('hostname')).toBe('cp1');
  expect(await lab.answer('sudo whoami')).toBe('root');
  await lab.tab('host').click();
  await lab.type('ssh w1');
  await lab.shows(/learner@w1:~\$$/);
  expect(await lab.answer('hostname')).toBe('w1');
  await lab.type('exit');
  await lab.shows(/learner@host:~\$$/);
});
