import { existsSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { readLesson } from '#markdown/lesson/read-lesson.ts';
import type { Cluster } from '../kind/cluster.ts';
import { openKindCluster } from '../kind/kind-cluster.ts';
import { goneFile, readPlan } from './plan.ts';
import type { PageResult } from './runner/page-result.ts';
import { runPage } from './runner/run-page.ts';
import { Watchers } from './runner/sessions.ts';

// The runner on a real cluster: what it must see and end on nodes, where sudo and containers stand between. Pages made for it.

const plan = readPlan();

if (plan.provesRunner && 'kind' in plan.cluster) {
  const { kind } = plan.cluster;
  let cluster: Cluster;
  let watchers: Watchers;

  const gone = existsSync(goneFile(plan));
  test.skip(gone, 'the cluster is gone');
  test.beforeAll(async () => {
    if (gone) return;
    cluster = await openKindCluster(kind);
    watchers = new Watchers(cluster);
  });
  test.afterAll(async () => {
    await watchers?.close();
    await cluster?.close();
  });

  /** Runs a page of these fences, with a short wait for leftovers. */
  const proven = async (slug: string, ...fences: [meta: string, body: string][]): Promise<PageResult> => {
    const blocks = fences.map(([meta, body]) => `\`\`\`console ${meta}\n${body}\n\`\`\`\n`).join('\n');
    const source = `---\ntitle: A page\ndescription: A page that is made for a test of the runner on a real cluster.\nkind: lab\nminutes: 5\n---\n\nText.\n\n${blocks}`;
    const { lesson, problems } = readLesson(source, { module: 'm', slug, order: 1, file: `${slug}.mdx` });
    expect(problems).toEqual([]);
    if (!lesson) throw new Error('the page could not be read');
    const page = {
      copy: async ({ text }: { text: string }) => text,
      copyAll: async (block: { commands: readonly { text: string }[] }) =>
        block.commands.map(({ text }) => text).join('\n'),
    };
    return runPage({ lesson, page, cluster, watchers, runId: plan.runId, settle: 3_000 });
  };
  const outcomes = (result: PageResult) => result.blocks.map((block) => `${block.id} ${block.outcome}`);

  test('a hang on a node is ended with all that it started, under sudo too', async () => {
    const result = await proven(
      'hang',
      ['id=hang on=w1 timeout=3s', `$ sudo sh -c "trap '' INT TERM; sleep 4711 & while :; do sleep 1; done"`],
      ['id=look on=w1 cleanup', '$ echo usable; pgrep -c -f "sleep 471[1]"\nusable\n0'],
      ['id=status on=w1 cleanup exit=1', '$ pgrep -f "sleep 471[1]"'],
    );
    expect(outcomes(result)[0]).toBe('hang failed');
    expect(result.blocks[0]?.commands[0]?.failure?.message).toContain('did not end within 3 s');
    expect(outcomes(result)[2]).toBe('status passed');
    expect(result.faults).toEqual([]);
    expect(await (await watchers.at('w1')).list(`${plan.runId}.hang.`)).toEqual([]);
  });

  test('what a page leaves behind fails it by name', async () => {
    const result = await proven(
      'leftovers',
      ['id=pod', '$ kubectl create configmap leftover --from-literal=a=1\nconfigmap/leftover created'],
      ['id=label', '$ kubectl label node w2 disk=ssd\nnode/w2 labeled'],
      ['id=file on=w1', '$ touch ~/leftover'],
      ['id=daemon on=w2', '$ sudo systemd-run --quiet --unit=leftover sleep 4712'],
    );
    expect(result.faults.toSorted()).toEqual([
      'configmaps default/leftover was left behind',
      'nodes w2: labels.disk was left behind',
      'w1: file at home: leftover was left behind',
    ]);
    const tidy = await proven(
      'tidy',
      ['id=pod', '$ kubectl delete configmap leftover\nconfigmap "leftover" deleted from default namespace'],
      ['id=label', '$ kubectl label node w2 disk-\nnode/w2 unlabeled'],
      ['id=file on=w1', '$ rm ~/leftover'],
      ['id=daemon on=w2', '$ sudo systemctl stop leftover'],
    );
    expect(outcomes(tidy)).toEqual(['pod passed', 'label passed', 'file passed', 'daemon passed']);
  });

  test('a command of a node needs sudo where a reader needs it', async () => {
    const result = await proven('rights', [
      'id=refused on=cp1 exit=1',
      '$ cat /etc/kubernetes/admin.conf\ncat: /etc/kubernetes/admin.conf: Permission denied',
    ]);
    expect(outcomes(result)).toEqual(['refused passed']);
    expect(result.faults).toEqual([]);
  });
}
