import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Location } from '#course/block/block.ts';
import { ownNames } from '#course/node-names.ts';
import { readLesson } from '#markdown/lesson/read-lesson.ts';
import type { Cluster } from '../../kind/cluster.ts';
import type { ShellProgram } from '../../terminal/terminal.ts';
import { formatPage } from './format-result.ts';
import type { PageResult } from './page-result.ts';
import type { PageRun } from './page-run.ts';
import { runPage } from './run-page.ts';
import { Watchers } from './sessions.ts';

/** What stands for the cluster's objects: files of a folder, where commands are typed. */
const folder = mkdtempSync(join(tmpdir(), 'clusterbook-runner-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const bash: ShellProgram = {
  file: 'bash',
  args: ['--noprofile', '--norc'],
  env: { ...process.env, HOME: folder },
  cwd: folder,
};

/** Places that are all this machine: what the runner does with terminals, outputs and failures needs no cluster. */
function bashCluster(more: Partial<Cluster> = {}): Cluster {
  return {
    properties: { kubernetes: 'v1.36.4', kind: '0.33.0', cni: 'kindnet' },
    names: ownNames,
    hostNames: [['test-worker', 'w1']],
    shellOf: () => bash,
    serviceShellOf: () => bash,
    whyGone: async () => undefined,
    settle: async () => [],
    snapshot: async () => new Set(readdirSync(folder).map((name) => `pods default/${name}`)),
    forgetEvents: async () => undefined,
    close: async () => undefined,
    ...more,
  };
}

let runs = 0;

/** Runs a page of these fences. */
async function page(fences: string, { cluster = bashCluster(), ...more }: Partial<PageRun> = {}): Promise<PageResult> {
  const source = `---\ntitle: A page\ndescription: A page that is made for a test of the runner, with blocks of its own.\nkind: lab\nminutes: 5\n---\n\nText.\n\n${fences}\n`;
  const { lesson, problems } = readLesson(source, { module: 'm', slug: `p${++runs}`, order: 1, file: 'p.mdx' });
  expect(problems).toEqual([]);
  if (!lesson) throw new Error('the page could not be read');
  const watchers = new Watchers(cluster);
  try {
    return await runPage({
      lesson,
      page: {
        copy: async (command) => command.text,
        copyAll: async (block) => block.commands.map((command) => command.text).join('\n'),
      },
      cluster,
      watchers,
      runId: `t${process.pid}`,
      settle: 1_000,
      ...more,
    });
  } finally {
    await watchers.close();
  }
}

const block = (meta: string, body: string) => `\`\`\`console ${meta}\n${body}\n\`\`\`\n`;
const outcomes = (result: PageResult) => result.blocks.map((each) => `${each.id} ${each.outcome}`);
const messages = (result: PageResult) =>
  result.blocks.flatMap((each) => each.commands.map((command) => command.failure?.message));

describe('a page that holds', () => {
  it('passes, and keeps variables from block to block', async () => {
    const result = await page(
      block('id=set', '$ GREETING=hello') +
        block('id=get', '$ echo $GREETING w1 5s\nhello w1 7m') +
        block('id=other terminal=2', '$ echo "[$GREETING]"\n[]'),
    );
    expect(formatPage(result)).toBe('');
    expect(outcomes(result)).toEqual(['set passed', 'get passed', 'other passed']);
  });
  it('takes colours, CRLF, cut characters and a missing newline as a terminal shows them', async () => {
    const result = await page(
      block('id=colour', "$ printf '\\033[32mgreen\\033[0m\\r\\nnext'\ngreen\nnext") +
        block('id=cut', "$ printf '\\342'; sleep 0.1; printf '\\227\\217 unit\\n'\n● unit") +
        block('id=prompt', "$ echo 'bash-5.2$ ls'; echo '$ x'\nbash-5.2$ ls\n\\$ x"),
    );
    expect(formatPage(result)).toBe('');
  });
  it('follows beside others, until the text was seen', async () => {
    const result = await page(
      block("id=follow follow until='two'", '$ touch log; tail -f log\none\ntwo') +
        block('id=write terminal=2', '$ echo one >> log; sleep 0.3; echo two >> log') +
        block('id=after', '$ rm log; echo free\nfree'),
    );
    expect(formatPage(result)).toBe('');
    expect(result.blocks[0]?.commands[0]?.lines).toEqual(['one', 'two']);
  });
  it('tries again where the block says so, and reports it', async () => {
    const result = await page(
      block('id=later terminal=2', '$ (sleep 1; touch ready) &\n[1] [..]') +
        block('id=wait retry=10s', '$ ls ready\nready') +
        block('id=tidy cleanup', '$ rm -f ready'),
    );
    expect(formatPage(result)).toBe('');
    expect(result.blocks[1]?.commands[0]?.tries).toBeGreaterThan(1);
  });
  it('compares names of hosts by their nodes', async () => {
    const result = await page(
      block('id=host', '$ echo test-worker kubelet\nw1 kubelet') +
        block('id=column', '$ echo "test-worker_1   5s"\nw1_1            5s'),
    );
    expect(formatPage(result)).toBe('');
    expect(result.blocks[1]?.commands[0]?.lines).toEqual(['w1_1            5s']);
  });
  it('follows other node names, in what is typed and in what is compared', async () => {
    const names = { cp1: 'controlplane', w1: 'node01', w2: 'node02' };
    const result = await page(block('id=names', '$ echo node/w1 ready\nnode/w1 ready'), {
      cluster: bashCluster({ names }),
      page: { copy: async () => 'echo node/node01 ready', copyAll: async () => '' },
    });
    expect(formatPage(result)).toBe('');
  });
});

describe('an output that differs', () => {
  const cases: [name: string, body: string, message: string][] = [
    [
      'wrong',
      '$ echo pod Pending\npod Running',
      '"pod Running": literal: "Running" expected at column 5, not "Pending"',
    ],
    ['extra', '$ printf "a\\nb\\n"\na', 'the line "b" is not expected'],
    ['missing', '$ echo a\na\nb', 'the line "b" is missing'],
    ['silent', '$ echo a', 'nothing should be printed'],
  ];
  for (const [id, body, message] of cases) {
    it(`${id}: fails the block and goes on`, async () => {
      const result = await page(block(`id=${id}`, body) + block('id=next', '$ echo next\nnext'));
      expect(outcomes(result)).toEqual([`${id} failed`, 'next passed']);
      expect(messages(result)[0]).toBe(message);
    });
  }
  it('is shown with place, command and diff', async () => {
    const text = formatPage(
      await page(block('id=ready match=table', '$ printf "NAME READY\\na 0/1\\n"\nNAME READY\na 1/1')),
    );
    expect(text).toContain('/m/p');
    expect(text).toContain('#ready-1\n  $ printf');
    expect(text).toContain('    - a 1/1\n    + a 0/1');
  });
  it('of 50 MB is refused without being kept', async () => {
    const result = await page(block('id=big timeout=60s', "$ head -c 50000000 /dev/zero | tr '\\0' x\nx"));
    expect(messages(result)).toEqual(['it printed 50 MB: more than anybody reads or compares']);
  });
});

describe('a command that ends otherwise', () => {
  it('with a status that is not expected stops the page, but its cleanup runs', async () => {
    const result = await page(
      block('id=make', '$ touch leftover') +
        block('id=fails', '$ echo no; (exit 3)\nno') +
        block('id=lost', '$ echo lost\nlost') +
        block('id=tidy cleanup', '$ rm -f leftover'),
    );
    expect(outcomes(result)).toEqual(['make passed', 'fails failed', 'lost not reached', 'tidy passed']);
    expect(messages(result)[1]).toBe('it ended with status 3, expected was status 0');
    expect(result.faults).toEqual([]);
  });
  it('with 0 where it should fail is a failure too', async () => {
    const result = await page(block('id=a exit=1', '$ true') + block('id=b exit=nonzero', '$ true'));
    expect(messages(result)).toEqual(['it ended with status 0, expected was status 1']);
    expect(formatPage(await page(block('id=c exit=nonzero', '$ (exit 9)')))).toBe('');
  });
  it('never: is ended, with what it started, and the terminal is usable', async () => {
    const result = await page(
      block('id=hang timeout=1s', '$ echo begun; sleep 61 & sleep 62\nbegun') +
        block('id=tidy cleanup', '$ echo usable; pgrep -c -f "sleep 6[12]"; true\nusable\n0'),
    );
    expect(messages(result)[0]).toContain('the command did not end within 1 s; it printed: begun');
    expect(outcomes(result)[1]).toBe('tidy passed');
    expect(result.faults).toEqual([]);
  });
  it('never, and ignores SIGINT and SIGTERM: is killed', async () => {
    const result = await page(
      block('id=deaf timeout=1s', `$ bash -c "trap '' INT TERM; while :; do sleep 0.2; done"`) +
        block('id=tidy cleanup', '$ echo usable\nusable'),
    );
    expect(outcomes(result)).toEqual(['deaf failed', 'tidy passed']);
    expect(result.faults).toEqual([]);
  });
  it('by ending the shell: the next block gets a new one', async () => {
    const result = await page(block('id=exit', '$ exit 0') + block('id=tidy cleanup', '$ echo usable\nusable'));
    expect(messages(result)[0]).toBe('the shell ended (status 0)');
    expect(outcomes(result)[1]).toBe('tidy passed');
  });
  it('leaves no process of the page behind', async () => {
    const result = await page(
      block('id=daemon', '$ (setsid sleep 63 &) ; echo away\naway') + block('id=tidy cleanup', '$ true'),
    );
    expect(result.faults).toEqual([]);
    expect(formatPage(await page(block('id=look', '$ pgrep -c -f "sleep 6[3]"; true\n0')))).toBe('');
  });
});

describe('a follow block', () => {
  it('whose text never comes fails', async () => {
    const result = await page(
      block("id=follow timeout=1s follow until='never'", '$ touch log; tail -f log\nnever') +
        block('id=tidy cleanup', '$ rm -f log'),
    );
    expect(messages(result)[0]).toBe('"never" was not printed within 1 s');
  });
  it('that shows something else fails', async () => {
    const result = await page(block("id=follow follow until='two'", '$ printf "one\\ntwo\\n"; cat\ntwo\nthree'));
    expect(outcomes(result)).toEqual(['follow failed']);
  });
});

describe('a page as a whole', () => {
  it('fails by name of what it leaves behind', async () => {
    const result = await page(block('id=make', '$ touch web'));
    expect(result.faults).toEqual(['pods default/web was left behind']);
    rmSync(join(folder, 'web'));
  });
  it('reports a cleanup that fails', async () => {
    const result = await page(block('id=tidy cleanup', '$ rm nothing-there\n[..]: cannot remove [..]'));
    expect(outcomes(result)).toEqual(['tidy failed']);
    expect(messages(result)[0]).toBe('it ended with status 1, expected was status 0');
  });
  it('does not begin on a cluster that is not Ready', async () => {
    const cluster = bashCluster({ settle: async () => ['node w1 is not Ready'] });
    const result = await page(block('id=a', '$ echo a\na'), { cluster });
    expect(result.faults).toEqual(['the page could not begin: node w1 is not Ready']);
    expect(outcomes(result)).toEqual(['a not reached']);
  });
  it('stops with one error when the cluster is gone', async () => {
    const shells = (place: Location) =>
      place === 'host' ? bash : { ...bash, args: ['-c', 'echo No such container: x; exit 1'] };
    const cluster = bashCluster({ shellOf: shells, whyGone: async () => 'the container x is gone' });
    const many = Array.from({ length: 5 }, (_, index) => block(`id=b${index} on=cp1`, '$ echo a\na')).join('');
    const result = await page(block('id=a', '$ echo a\na') + many, { cluster });
    expect(result.clusterGone).toBe(true);
    expect(outcomes(result).slice(0, 3)).toEqual(['a passed', 'b0 failed', 'b1 not reached']);
    expect(result.faults).toEqual(['the cluster is gone: the container x is gone']);
  });
  it('names a node that cannot be reached', async () => {
    const cluster = bashCluster({ shellOf: () => ({ ...bash, args: ['-c', 'echo no such node; exit 1'] }) });
    const [message] = messages(await page(block('id=a on=w2', '$ echo a\na'), { cluster }));
    expect(message).toMatch(/^no shell could be opened with .*no such node/);
  });
  it('fails when the clipboard holds something else than the parser read', async () => {
    const result = await page(block('id=a', '$ echo a\na'), {
      page: { copy: async () => '$ echo a', copyAll: async () => '' },
    });
    expect(formatPage(result)).toContain(
      'the clipboard holds something else than the lesson\n    - echo a\n    + $ echo a',
    );
  });
  it('fails when "Copy all" yields something else', async () => {
    const result = await page(block('id=a', '$ true\n$ true'), {
      page: { copy: async () => 'true', copyAll: async () => 'true' },
    });
    expect(messages(result)[0]).toBe('"Copy all" yields something else than the commands of the block');
  });
  it('counts what is skipped or not applicable, with the reason', async () => {
    const result = await page(
      block('id=s skip="needs a browser"', '$ echo a\na') +
        block('id=n needs="cni=calico"', '$ echo a') +
        block('id=k needs="k8s>=1.99"', '$ echo a\na') +
        block('id=y needs="k8s>=1.30"', '$ echo a\na'),
    );
    expect(outcomes(result)).toEqual(['s skipped', 'n not applicable', 'k not applicable', 'y passed']);
    expect(result.blocks.map((each) => each.reason)).toEqual([
      'needs a browser',
      'only on clusters with Calico; this is Kubernetes v1.36.4 with kindnet',
      'only on Kubernetes 1.99 or newer; this is Kubernetes v1.36.4 with kindnet',
      undefined,
    ]);
  });
  it('does not pass a block that was never recorded', async () => {
    const result = await page(block('id=n needs="cni=kindnet"', '$ echo a'));
    expect(messages(result)[0]).toContain('this output was never recorded');
  });
});

describe('update', () => {
  it('records outputs instead of comparing them', async () => {
    const result = await page(block('id=a', '$ echo new; echo "at 10.1.2.3:53"\nold\nat [..]:53'), { update: true });
    expect(result.blocks[0]?.commands[0]?.recorded).toEqual(['new', 'at [..]:53']);
    expect(formatPage(result)).toBe('');
  });
  it('waits for the state that the page shows', async () => {
    const result = await page(
      block('id=later terminal=2', '$ (sleep 1; echo up > state) &\n[1] [..]') +
        block('id=wait retry=10s', '$ echo "5s $(cat state 2>/dev/null)"\n7m up') +
        block('id=tidy cleanup', '$ rm state'),
      { update: true },
    );
    expect(result.blocks[1]?.commands[0]?.recorded).toEqual(['5s up']);
  });
  it('refuses where what is left out does not align', async () => {
    const result = await page(block('id=a match=contains', '$ echo new\nold'), { update: true });
    expect(messages(result)[0]).toContain('so it was not recorded');
  });
});
