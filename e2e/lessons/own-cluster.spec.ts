import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { release } from '#course/release.ts';
import { deleteKindCluster, kindClusterExists } from '../kind/kind-cluster.ts';
import { nodeImage } from '../kind/node-image.ts';
import { Terminal } from '../terminal/terminal.ts';
import { goneFile, readPlan } from './plan.ts';

// "Make the same cluster yourself", as a reader does it: the files downloaded from the page, its commands copied and pasted.

const plan = readPlan();
/** The name in cluster.yaml. */
const NAME = 'cka';
const CREATE = 300_000;
const SHORT = 60_000;

if (plan.provesRunner && 'kind' in plan.cluster) {
  test.skip(existsSync(goneFile(plan)), 'the cluster is gone');

  test('the page "make the same cluster yourself" makes it', async ({ page, request }) => {
    test.skip(await kindClusterExists(NAME), `there is a kind cluster "${NAME}" already, perhaps somebody's own`);
    const folder = await mkdtemp(join(tmpdir(), 'clusterbook-own-'));
    const env = { ...process.env, HOME: folder, KUBECONFIG: join(folder, 'config') };
    const shell = await Terminal.open({ file: 'bash', args: ['--noprofile', '--norc'], env, cwd: folder }, plan.runId);
    try {
      await page.goto('/your-own-cluster/');
      for (const name of ['cluster.yaml', 'prepare-node.sh']) {
        await writeFile(join(folder, name), await (await request.get(`/${name}`)).body());
      }
      const [create, prepare, enter, remove] = await copied(page);
      // The image is the only thing that differs here: KIND_IMAGE may name another.
      expect(create).toContain(release.image);
      await succeeds(shell, (create ?? '').replace(release.image, await nodeImage()), CREATE);
      await succeeds(shell, prepare ?? '', SHORT);
      await succeeds(shell, 'kubectl wait --for=condition=Ready node --all --timeout=60s', SHORT);
      expect(await succeeds(shell, 'kubectl get nodes -o name', SHORT)).toEqual(['node/cp1', 'node/w1', 'node/w2']);
      // A shell on a worker, then one command in it, as a person types them.
      expect(await succeeds(shell, `${enter} -c 'whoami; pwd; sudo whoami'`, SHORT)).toEqual([
        'learner',
        '/home/learner',
        'root',
      ]);
      const onControlPlane = (enter ?? '').replace(`${NAME}-worker`, `${NAME}-control-plane`);
      const [version] = await succeeds(shell, `${onControlPlane} -c 'etcdctl version'`, SHORT);
      expect(version).toMatch(/^etcdctl version: 3\./);
      await succeeds(shell, prepare ?? '', SHORT);
      await succeeds(shell, remove ?? '', SHORT);
      expect(await kindClusterExists(NAME)).toBe(false);
    } finally {
      shell.close();
      await deleteKindCluster(NAME);
      await rm(folder, { recursive: true, force: true });
    }
  });
}

/** What each Copy button of the page yields, in order. */
async function copied(page: Page): Promise<string[]> {
  const texts: string[] = [];
  for (const button of await page.locator('.listing .copy-listing').all()) {
    await button.click();
    texts.push(await page.evaluate(() => navigator.clipboard.readText()));
  }
  return texts;
}

async function succeeds(shell: Terminal, command: string, milliseconds: number): Promise<string[]> {
  const { output, status } = await shell.run(command, milliseconds);
  expect(status, `${command}\n${output}`).toBe(0);
  return output.split(/\r?\n/).filter((line) => line !== '');
}
