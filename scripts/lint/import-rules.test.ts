import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

/** Where an import is refused, what is imported, and a part of what the author is told. */
const REFUSED = [
  ['src/kernel/a.ts', '#course/lesson.ts', 'let others import it'],
  ['src/kernel/b.ts', 'zod', 'knows no package'],
  ['src/cluster/store/a.ts', '#course/lesson.ts', 'knows nothing of the course'],
  ['src/cluster/store/b.ts', '../apiserver/x.ts', 'etcd knows nobody'],
  ['src/cluster/store/c.ts', 'zod', 'knows no package'],
  ['src/machine/a.ts', '#x509/key.ts', 'knows the kernel alone'],
  ['src/machine/b.ts', '../cluster/api/kind.ts', 'knows the kernel alone'],
  ['src/machine/c.ts', 'yaml', 'knows no package'],
  ['src/x509/a.ts', '../cluster/api/kind.ts', 'know nothing of clusters'],
  ['src/x509/b.ts', 'node:crypto', '@noble'],
  ['src/cluster/api/a.ts', '../client/client.ts', 'Types know nobody'],
  ['src/cluster/api/kinds/b.ts', '../../store/store.ts', 'Types know nobody'],
  ['src/cluster/api/c.ts', 'yaml', 'knows no package'],
  ['src/cluster/apiserver/a.ts', '../client/client.ts', 'by their requests alone'],
  ['src/cluster/apiserver/resources/b.ts', '../../node/node.ts', 'by their requests alone'],
  ['src/cluster/client/a.ts', '../store/store.ts', 'by HTTP alone'],
  ['src/cluster/controllers/job/a.ts', '../../store/store.ts', 'the only door'],
  ['src/cluster/controllers/job/b.ts', '../../apiserver/server.ts', 'the only door'],
  ['src/cluster/scheduler/a.ts', '../node/node.ts', 'the only door'],
  ['src/cluster/node/kubelet/a.ts', '../../apiserver/server.ts', 'the only door'],
  ['src/cluster/node/b.ts', 'zod', 'yaml and @noble alone'],
  ['src/cluster/components/a.ts', '../../serve/main.ts', 'they stand around the cluster'],
  ['src/cluster/x.ts', '#course/lesson.ts', 'knows nothing of the course'],
  ['src/serve/a.ts', '../../e2e/x.ts', 'Nothing imports e2e'],
  ['src/shell/a.ts', '../cluster/cluster.ts', 'found by their files'],
  ['src/tools/coreutils/a.ts', '../../cluster/node/node.ts', 'on a real machine'],
  ['src/userland/a.ts', '#course/lesson.ts', 'neither the course nor the page'],
  ['src/userland/b.ts', 'yaml', 'come from src/tools'],
  ['src/lab/worker/a.ts', '../../cluster/store/store.ts', 'their matter'],
  ['src/lab/worker/b.ts', '../../tools/kubectl/kubectl.ts', 'their matter'],
  ['src/lab/run/c.ts', '#markdown/lesson/x.ts', 'No parser of lessons'],
  ['src/lab/d.ts', '../pages/x.ts', 'the site imports it, lazily'],
  ['src/shell/grammar/a.ts', '#course/lesson.ts', 'pass in what it needs'],
  ['src/shell/grammar/b.ts', '../../course/lesson.ts', 'pass in what it needs'],
  ['src/shell/grammar/c.ts', 'zod', 'knows one package'],
  ['src/course/a.ts', '#markdown/lesson/read-lesson.ts', 'let src/markdown call it'],
  ['src/course/block/b.ts', '../../markdown/x.ts', 'let src/markdown call it'],
  ['src/course/c.ts', 'node:fs', 'pass in what was read'],
  ['src/course/d.ts', 'zod', 'knows no package'],
  ['src/course/e.ts', '../shell/grammar/x.ts', '#grammar/'],
  ['src/course/f.ts', '../../e2e/site/site.ts', 'Nothing imports e2e'],
  ['src/markdown/a.ts', '../components/x.ts', 'let the component import it'],
  ['src/markdown/b.ts', '#grammar/completeness.ts', 'the one parser'],
  ['src/client/a.ts', '#markdown/lesson/x.ts', 'decide it in the build'],
  ['src/client/settings/b.ts', '../../markdown/x.ts', 'decide it in the build'],
  ['src/client/c.ts', 'yaml', 'weighs on every page'],
  ['src/client/d.ts', '../components/x.ts', 'This runs in the browser'],
  ['src/pages/a.ts', '../../e2e/x.ts', 'Nothing imports e2e'],
  ['e2e/terminal/a.ts', '#course/lesson.ts', 'pass in what it needs'],
  ['e2e/terminal/b.ts', '../kind/cluster.ts', 'pass in what it needs'],
  ['e2e/kind/a.ts', '../lessons/plan.ts', 'let e2e/lessons call it'],
  ['e2e/kind/b.ts', '#markdown/lesson/x.ts', 'let e2e/lessons hand over'],
  ['src/components/b.ts', '#grammar/completeness.ts', 'the one parser'],
] as const;

const ALLOWED = [
  ['src/kernel/c.ts', './kernel.ts'],
  ['src/cluster/store/d.ts', '#kernel/kernel.ts'],
  ['src/machine/d.ts', '#kernel/kernel.ts'],
  ['src/x509/c.ts', '@noble/curves/nist.js'],
  ['src/cluster/apiserver/c.ts', '../store/store.ts'],
  ['src/cluster/apiserver/d.test.ts', '../client/client.ts'],
  ['src/cluster/controllers/job/c.ts', '../../client/client.ts'],
  ['src/cluster/controllers/pod-control/test-cluster.ts', '../../apiserver/server.ts'],
  ['src/cluster/node/kubelet/c.ts', '#machine/cri.ts'],
  ['src/cluster/node/kubelet/d.ts', 'yaml'],
  ['src/cluster/cluster-x.ts', './components/etcd.ts'],
  ['src/serve/b.ts', '../cluster/cluster.ts'],
  ['src/shell/b.ts', '#machine/program.ts'],
  ['src/tools/coreutils/b.ts', '#machine/program.ts'],
  ['src/userland/c.ts', '../tools/jq/jq.ts'],
  ['src/lab/worker/e.ts', '../../cluster/cluster.ts'],
  ['src/lab/terminal/f.ts', '@xterm/xterm'],
  ['src/shell/grammar/y.ts', 'unbash'],
  ['src/course/v.ts', '#grammar/completeness.ts'],
  ['src/course/block/w.ts', '../problem.ts'],
  ['src/course/x.test.ts', '#markdown/lesson/x.ts'],
  ['src/markdown/y.ts', '#course/lesson.ts'],
  ['src/client/y.ts', '#course/node-names.ts'],
  ['src/client/settings/z.ts', '../storage.ts'],
  ['e2e/kind/c.ts', '../terminal/terminal.ts'],
  ['e2e/lessons/a.ts', '#markdown/lesson/x.ts'],
] as const;

const OTHERS = {
  'src/pages/script.astro': "<p>a</p>\n<script>\n  import { x } from '../../e2e/site.ts';\n  x();\n</script>\n",
  'src/course/cycle-1.ts': "import { b } from './cycle-2.ts';\n\nexport const a = b;\n",
  'src/course/cycle-2.ts': "import { a } from './cycle-1.ts';\n\nexport const b = a;\n",
  'src/course/cycle-3.ts': "import type { D } from '#course/cycle-4.ts';\n\nexport type C = D | 1;\n",
  'src/course/cycle-4.ts': "import type { C } from '#course/cycle-3.ts';\n\nexport type D = C | 2;\n",
  'src/course/clock.ts': 'export const now = () => Date.now();\n',
  'src/course/dom.ts': 'export const title = () => document.title;\n',
  'src/markdown/undeclared.ts': importing('left-pad'),
};

const report = z.object({
  diagnostics: z.array(
    z.object({
      category: z.string(),
      message: z.string(),
      location: z.object({ path: z.string() }).nullish(),
      advices: z.unknown(),
    }),
  ),
});

let root = '';
const said = new Map<string, string[]>();

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'rules-'));
  const config = JSON.parse(await readFile('biome.json', 'utf8'));
  await writeFile(join(root, 'biome.json'), JSON.stringify({ ...config, $schema: undefined, vcs: { enabled: false } }));
  await cp('package.json', join(root, 'package.json'));
  const imports = [...REFUSED, ...ALLOWED].map(([file, target]) => [file, importing(target)] as const);
  for (const [file, text] of [...imports, ...Object.entries(OTHERS)]) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  }
  const biome = join(process.cwd(), 'node_modules/.bin/biome');
  const args = ['lint', '--reporter=json', '--max-diagnostics=none', '.'];
  const { stdout } = spawnSync(biome, args, { cwd: root, encoding: 'utf8' });
  for (const { category, message, location } of report.parse(JSON.parse(stdout)).diagnostics) {
    const file = location?.path ?? '';
    said.set(file, [...(said.get(file) ?? []), `${category}: ${message}`]);
  }
}, 60_000);
afterAll(() => rm(root, { recursive: true }));

function importing(what: string): string {
  return `import { x } from '${what}';\n\nexport const y = x;\n`;
}

function saidOf(file: string): string {
  return (said.get(file) ?? []).join('\n');
}

describe('a room that reaches where it may not is told what to do instead', () => {
  it.each(REFUSED)('%s -> %s', (file, _, message) => {
    expect(saidOf(file)).toContain('lint/style/noRestrictedImports');
    expect(saidOf(file)).toContain(message);
  });

  it.each(ALLOWED)('%s -> %s is allowed', (file) => {
    expect(saidOf(file)).not.toContain('noRestrictedImports');
  });
});

it.each([
  ['src/pages/script.astro', 'Nothing imports e2e'],
  ['src/course/cycle-1.ts', 'noImportCycles'],
  ['src/course/cycle-3.ts', 'noImportCycles'],
  ['src/course/clock.ts', 'noRestrictedGlobals: Do not use the global variable Date'],
  ['src/course/dom.ts', 'noRestrictedGlobals: Do not use the global variable document'],
  ['src/markdown/undeclared.ts', 'noUndeclaredDependencies'],
] as const)('%s: %s', (file, message) => {
  expect(saidOf(file)).toContain(message);
});
