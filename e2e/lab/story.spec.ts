import { openAll } from '../site/page-actions.ts';
import { expect, lessons, test } from '../site/site.ts';
import { LabPage } from './lab-page.ts';
import { runBlock } from './run-block.ts';

/** What the lab is for: a lesson read and tried, a control plane broken, understood and mended, with nothing but a browser. */

const MANIFEST = '/etc/kubernetes/manifests/kube-apiserver.yaml';
/** Docker's proxy of the published port takes the connection, and finds nobody behind it. */
const NOBODY = 'Unable to connect to the server: EOF';

// Wide enough for what crictl prints in one line.
test.use({ viewport: { width: 1700, height: 1000 } });

function lessonAt(url: string) {
  const lesson = lessons.find((each) => each.url === url);
  if (!lesson) throw new Error(`there is no ${url}`);
  return lesson;
}

test('a lesson is run, its API server broken with vi, the cause found with crictl, mended, and all is there after a reload', async ({
  page,
}) => {
  test.setTimeout(180_000);
  const { keyboard } = page;
  const lesson = lessonAt('/cluster-architecture/kube-apiserver/');
  await page.goto(lesson.url);
  await openAll(page);
  for (const block of lesson.blocks) expect((await runBlock(page, block)).differences).toEqual([]);

  const lab = new LabPage(page);
  await lab.speed('20 times as fast');
  await lab.tab('host').click();
  await lab.prompt();
  await lab.answer('kubectl create configmap mine');
  const uid = await lab.answer('kubectl get configmap mine -o jsonpath=\'{.metadata.uid}{"\\n"}\'');

  /** Changes a character of the manifest, as a person does in vi. */
  const editPort = async (from: string, digit: string) => {
    await lab.type(`sudo vi ${MANIFEST}`);
    await lab.shows(/apiVersion: v1/, 'the manifest in vi');
    await lab.type(`/${from}`);
    await keyboard.type(`llr${digit}`);
    await lab.type(':wq');
    await lab.prompt();
  };
  await lab.tab('cp1').click();
  await lab.prompt();
  await editPort('2379', '9');
  expect(await lab.answer(`sudo grep etcd-servers ${MANIFEST}`)).toContain('https://127.0.0.1:2399');
  const strip = page.getByRole('list', { name: 'The cluster at a glance' });
  await expect(strip).toContainText('not known now', { timeout: 30_000 });

  // Each of the two kubectls fails in its own words; crictl asks containerd, which runs.
  await lab.tab('host').click();
  expect(await lab.answer('kubectl get nodes', 30_000)).toBe(NOBODY);
  await lab.tab('cp1').click();
  expect(await lab.answer('kubectl get nodes', 30_000)).toContain('localhost:8080 was refused');
  // The newest container is the one that fails; the old one, ended too, was well.
  const newest = '$(sudo crictl ps -a -q --name kube-apiserver | head -1)';
  await lab.answer(`until sudo crictl logs ${newest} 2>&1 | grep -q refused; do sleep 2; done`, 60_000);
  expect(await lab.answer(`sudo crictl logs ${newest} 2>&1 | grep -o 'dial tcp.*refused' | head -1`)).toBe(
    'dial tcp 127.0.0.1:2399: connect: connection refused',
  );
  await lab.answer('until sudo crictl ps -a --name kube-apiserver | grep -q Exited; do sleep 2; done', 60_000);

  await editPort('2399', '7');
  await lab.tab('host').click();
  await lab.answer('until kubectl get --raw /readyz >/dev/null 2>&1; do sleep 2; done', 90_000);
  await expect(strip).not.toContainText('not known now', { timeout: 30_000 });
  await lab.kept();

  await page.reload();
  await lab.open();
  expect(await lab.answer('kubectl get configmap mine -o jsonpath=\'{.metadata.uid}{"\\n"}\'')).toBe(uid);
  expect(await lab.answer('kubectl get nodes --no-headers | grep -c " Ready "')).toBe('3');
});

test('a command in terminal 2 is seen by the one that runs on in terminal 1', async ({ page }) => {
  const lesson = lessonAt('/cluster-architecture/mini-lab/');
  await page.goto(lesson.url);
  await openAll(page);
  const block = (id: string) => {
    const found = lesson.blocks.find((each) => each.id === id);
    if (!found) throw new Error(`there is no block ${id}`);
    return found;
  };
  const lab = new LabPage(page);
  await runBlock(page, block('watch-scheduling'));
  const mark = page.locator('#watch-scheduling .run-mark');
  await expect(mark).toHaveAttribute('data-state', 'following');
  expect((await runBlock(page, block('run-test'))).differences).toEqual([]);
  await expect(lab.tab('host (2)')).toHaveAttribute('aria-selected', 'true');
  await lab.shows(/pod\/test condition met/);
  await lab.dock.getByRole('button', { name: 'Side by side' }).click();
  const [first, second] = [lab.screenOf('host'), lab.screenOf('host (2)')];
  await expect(first).toContainText('Successfully assigned default/test to');
  await expect(second).toContainText('pod/test condition met');
  const [left, right] = [await first.boundingBox(), await second.boundingBox()];
  expect((left?.x ?? 0) + (left?.width ?? 0)).toBeLessThanOrEqual(right?.x ?? 0);
  expect(left?.y).toBe(right?.y);
  // Stop ends the watch, and the page says what came of it.
  await page.locator('#watch-scheduling button.run').click();
  await expect(mark).toHaveAttribute('data-tone', 'good', { timeout: 30_000 });
});
