import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadCourse } from './load-course.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'course-'));
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

const MODULE =
  'title: Cluster Architecture\nnumber: "02"\nsummary: What the parts of a cluster are and how they talk.\n';
const lesson = (body: string) =>
  `---\ntitle: Page\ndescription: A page that exists so that something can be said about pages.\nkind: lesson\n---\n\n${body}\n`;
const fence = (meta: string) => `\`\`\`console ${meta}\n$ ls\n\`\`\`\n\n`;

async function course(files: Readonly<Record<string, string>>) {
  for (const [path, text] of Object.entries(files)) {
    const file = join(root, 'content/modules', path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return loadCourse(root);
}

it('finds modules and lessons from the folders, in the order of their numbers', async () => {
  const { modules } = await course({
    '03-upgrade/module.yaml': MODULE.replace('02', '03'),
    '03-upgrade/01-kubeadm.mdx': lesson('See [etcd](/cluster-architecture/etcd/#list-1).'),
    '02-cluster-architecture/module.yaml': MODULE,
    '02-cluster-architecture/10-flow.mdx': lesson('Hello.'),
    '02-cluster-architecture/03-etcd.mdx': lesson(fence('id=list')),
  });
  expect(modules.map((module) => [module.slug, module.number])).toEqual([
    ['cluster-architecture', '02'],
    ['upgrade', '03'],
  ]);
  expect(modules[0]?.lessons.map((each) => each.url)).toEqual([
    '/cluster-architecture/etcd/',
    '/cluster-architecture/flow/',
  ]);
});

it('reports the problems of all files together, sorted, each with its place', async () => {
  const failure = await course({
    '02-a/module.yaml': MODULE,
    '02-a/01-one.mdx': lesson('[x](/nowhere/)\n\n[y](/a/two/#gone)\n\n[z](/a/two)\n\n[r](../two/)'),
    '02-a/02-two.mdx': lesson('```bash\nls\n```'),
  }).catch((error: unknown) => String(error));
  expect(failure).toContain('The lessons have 5 problems:');
  expect(failure).toContain('content/modules/02-a/01-one.mdx:7:1: the link "/nowhere/" leads to no page');
  expect(failure).toContain('content/modules/02-a/01-one.mdx:9:1: "/a/two/" has no part "#gone"');
  expect(failure).toContain(
    'content/modules/02-a/01-one.mdx:11:1: the link "/a/two" leads to no page. Pages end in a slash',
  );
  expect(failure).toContain('content/modules/02-a/01-one.mdx:13:1: the link "../two/" leads nowhere certain');
  expect(failure).toContain('content/modules/02-a/02-two.mdx:7:1: "bash" is no fence that lessons know');
});

it('allows two skipped and two uncompared blocks in a module, not three', async () => {
  const three = (key: string) => [1, 2, 3].map((n) => fence(`id=b${n} ${key}`)).join('');
  await expect(course({ '02-a/module.yaml': MODULE, '02-a/01-one.mdx': lesson(three('skip="x"')) })).rejects.toThrow(
    'the module has 3 blocks with "skip", 2 are allowed',
  );
  await expect(
    course({ '02-a/module.yaml': MODULE, '02-a/01-one.mdx': lesson(three('match=none reason="x"')) }),
  ).rejects.toThrow('the module has 3 blocks with match=none, 2 are allowed');
});

it.each([
  [{ '02-a/01-one.mdx': lesson('x') }, 'the module has no module.yaml'],
  [{ '02-a/module.yaml': 'title: A\n' }, '"title" does not fit'],
  [{ '02-a/module.yaml': MODULE.replace('02', '04') }, 'the folder says 02, module.yaml says 04'],
  [{ 'Misc/module.yaml': MODULE }, 'content/modules/Misc:1:1: the name does not fit'],
  [
    { '02-a/module.yaml': MODULE, '02-a/etcd.mdx': lesson('x') },
    'content/modules/02-a/etcd.mdx:1:1: the name does not fit',
  ],
])('a misplaced file is named: %j', async (files, said) => {
  await expect(course(files as Record<string, string>)).rejects.toThrow(said);
});

it('follows the links of diagrams too, and names their line', async () => {
  const diagram = '```mermaid id=d title="D"\nflowchart TB\n  accDescr: A to B.\n  a --> b\n  click b "/a/gone/"\n```';
  await expect(course({ '02-a/module.yaml': MODULE, '02-a/01-one.mdx': lesson(diagram) })).rejects.toThrow(
    '02-a/01-one.mdx:11:1: the link "/a/gone/" leads to no page',
  );
});
