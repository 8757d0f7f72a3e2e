import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expect, test } from '../site/site.ts';
import { LabPage } from './lab-page.ts';

const PAGE = '/cluster-architecture/kube-apiserver/';
/** On the control plane's own machine nobody but root has a kubeconfig. */
const KUBECTL = 'sudo kubectl --kubeconfig /etc/kubernetes/admin.conf';
const MANIFEST = '/etc/kubernetes/manifests/kube-apiserver.yaml';

async function openLab(page: Page, url = PAGE): Promise<LabPage> {
  await page.goto(url);
  const lab = new LabPage(page);
  await lab.open();
  return lab;
}

test('a reload in the middle of a rolling update finds the cluster as it was, and the update ends', async ({
  page,
}) => {
  const lab = await openLab(page);
  await lab.answer('kubectl create deployment web --image=nginx:1.27 --replicas=4');
  await lab.answer('kubectl rollout status deployment web --timeout=60s', 60_000);
  await lab.answer(
    'kubectl patch deployment web -p \'{"spec":{"strategy":{"rollingUpdate":{"maxSurge":1,"maxUnavailable":0}},"minReadySeconds":3}}\'',
  );
  await lab.answer('kubectl set env deployment web STAGE=two');
  await lab.kept();
  expect(await lab.answer('kubectl rollout status deployment web --watch=false')).toMatch(/^Waiting for/);
  const uid = await lab.answer('kubectl get deployment web -o jsonpath=\'{.metadata.uid}{"\\n"}\'');
  await page.reload();
  const again = await resumed(page);
  expect(await again.answer('kubectl get deployment web -o jsonpath=\'{.metadata.uid}{"\\n"}\'')).toBe(uid);
  await again.speed('5 times as fast');
  await again.focus();
  expect(await again.answer('kubectl rollout status deployment web --timeout=120s | tail -1', 60_000)).toBe(
    'deployment "web" successfully rolled out',
  );
  expect(await again.answer('kubectl get pods -o name | wc -l')).toBe('4');
});

test('what was broken is broken after a reload, and can be mended', async ({ page }) => {
  const lab = await openLab(page);
  await lab.speed('20 times as fast');
  await lab.openTab('cp1');
  await lab.answer(
    `sudo sed -i 's/--etcd-servers=https:\\/\\/127.0.0.1:2379/--etcd-servers=https:\\/\\/127.0.0.1:2399/' ${MANIFEST}`,
  );
  await expect(page.getByRole('list', { name: 'The cluster at a glance' })).toContainText('not known now', {
    timeout: 30_000,
  });
  await lab.kept();
  await page.reload();
  const again = await resumed(page);
  await again.speed('20 times as fast');
  await again.openTab('cp1');
  expect(await again.answer(`${KUBECTL} get nodes`, 30_000)).toMatch(/connection to the server \S+:6443 was refused/);
  expect(await again.answer('sudo crictl ps -a --name kube-apiserver -o json | grep -c \'"state"\'')).not.toBe('0');
  expect(
    await again.answer(
      'sudo crictl logs --tail=5 $(sudo crictl ps -a -q --name kube-apiserver | head -1) 2>&1 | grep -o 127.0.0.1:2399 | head -1',
    ),
  ).toBe('127.0.0.1:2399');
  await again.answer(`sudo sed -i 's/2399/2379/' ${MANIFEST}`);
  await again.answer(`until ${KUBECTL} get --raw /readyz >/dev/null 2>&1; do sleep 5; done`, 60_000);
  expect(await again.answer(`${KUBECTL} get nodes --no-headers | wc -l`)).toBe('3');
});

test('a clean start is asked for twice, and begins anew', async ({ page }) => {
  const lab = await openLab(page);
  await lab.answer('kubectl create configmap mine');
  await lab.choose('Start clean…');
  await expect(lab.notice).toContainText('everything in it is gone');
  await lab.notice.getByRole('button', { name: 'Keep this one' }).click();
  await lab.focus();
  expect(await lab.answer('kubectl get configmap mine -o name')).toBe('configmap/mine');
  await lab.choose('Start clean…');
  await lab.notice.getByRole('button', { name: 'Start clean' }).click();
  await lab.shows(/A new cluster[^$]*\$$/, 'a new shell');
  await lab.focus();
  expect(await lab.answer('kubectl get configmap mine')).toBe(
    'Error from server (NotFound): configmaps "mine" not found',
  );
});

test('a lab is saved to a file and goes on from it elsewhere', async ({ page, browser, baseURL }) => {
  const lab = await openLab(page);
  await lab.answer('kubectl create configmap carried --from-literal=a=b');
  await lab.answer('echo here > notes.txt');
  const download = page.waitForEvent('download');
  await lab.choose('Save to a file');
  const file = await (await download).path();
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ format: 'clusterbook lab 1' });
  const elsewhere = await browser.newContext({ baseURL: baseURL ?? '' });
  try {
    const other = await openLab(await elsewhere.newPage());
    const chooser = other.page.waitForEvent('filechooser');
    await other.choose('Open a file…');
    await (await chooser).setFiles(file);
    await other.shows(/this is a new shell[^$]*\$$/, 'a new shell');
    await other.focus();
    expect(await other.answer('kubectl get configmap carried -o jsonpath=\'{.data.a}{"\\n"}\'')).toBe('b');
    expect(await other.answer('cat notes.txt')).toBe('here');
  } finally {
    await elsewhere.close();
  }
});

test('two tabs: the second says where the lab is, and takes it over', async ({ page, context }) => {
  const lab = await openLab(page);
  await lab.answer('kubectl create configmap first');
  const second = await context.newPage();
  await second.goto(PAGE);
  const other = new LabPage(second);
  await second.getByRole('button', { name: 'Lab', exact: true }).first().click();
  await expect(other.notice).toContainText('open in another tab');
  await lab.answer('kubectl create configmap meanwhile');
  await other.notice.getByRole('button', { name: 'Use it here' }).click();
  await other.prompt();
  await other.focus();
  expect(await other.answer('kubectl get configmap first meanwhile -o name')).toBe(
    'configmap/first\nconfigmap/meanwhile',
  );
  await expect(lab.notice).toContainText('went to another tab');
  await lab.notice.getByRole('button', { name: 'Use it here' }).click();
  await lab.prompt();
  await expect(other.notice).toContainText('went to another tab');
});

test('Run in a tab that has not the lab says so at the command', async ({ page, context }) => {
  await openLab(page);
  const second = await context.newPage();
  await second.goto(PAGE);
  await second.locator('.command .run').first().click();
  await expect(second.locator('.run-mark').first()).toContainText('open in another tab');
});

test('the lab stays while the reader goes from page to page', async ({ page }) => {
  const lab = await openLab(page);
  await lab.type('cd /tmp; STEP=one; sleep 1000');
  await page.getByRole('link', { name: /^Next/ }).first().click();
  await expect(page).toHaveURL(/\/etcd\/$/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('etcd');
  await lab.focus();
  await page.keyboard.press('Control+c');
  await lab.shows(/\^C\n.*\$$/s);
  expect(await lab.answer('echo $PWD $STEP')).toBe('/tmp one');
  await page.locator('.command .run').first().click();
  await expect(page.locator('.run-mark').first()).toHaveAttribute('data-tone', 'good', { timeout: 30_000 });
  await page.goBack();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('kube-apiserver');
  await page.locator('.command .run').first().click();
  await expect(page.locator('.run-mark').first()).toHaveAttribute('data-tone', 'good', { timeout: 30_000 });
});

test('time stands still, and goes fast', async ({ page }) => {
  const lab = await openLab(page);
  await lab.speed('A minute in a second');
  await lab.focus();
  const began = Date.now();
  await lab.answer('sleep 120', 60_000);
  expect(Date.now() - began).toBeLessThan(60_000);
  await lab.speed('Paused');
  await lab.focus();
  await page.keyboard.type('echo later');
  await page.keyboard.press('Enter');
  await page.waitForTimeout(500);
  expect(await lab.text()).not.toContain('later');
  await lab.speed('As on a clock');
  await lab.shows(/\nlater\n/);
});

test('my node names hold in the cluster too', async ({ page }) => {
  await page.addInitScript(() => {
    if (!localStorage.getItem('clusterbook:node-names'))
      localStorage.setItem('clusterbook:node-names', JSON.stringify({ cp1: 'master', w1: 'node-a', w2: 'node-b' }));
  });
  const lab = await openLab(page, '/cluster-architecture/kubelet/');
  expect(await lab.answer('kubectl get nodes -o name')).toBe('node/master\nnode/node-a\nnode/node-b');
  expect(await lab.answer('kubectl get pods -n kube-system -o name | grep apiserver')).toBe(
    'pod/kube-apiserver-master',
  );
  await lab.openTab('w1');
  await expect(lab.tab('node-a')).toBeVisible();
  expect(await lab.answer('hostname')).toBe('node-a');
  await page.locator('.command .run').first().click();
  await expect(page.locator('.run-mark').first()).toHaveAttribute('data-tone', 'good', { timeout: 30_000 });
});

/** The lab of a page that was loaded anew. */
async function resumed(page: Page): Promise<LabPage> {
  const lab = new LabPage(page);
  await lab.open();
  return lab;
}
