import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const biome = join(process.cwd(), 'node_modules/.bin/biome');
let root = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'rules-'));
  const config = JSON.parse(await readFile('biome.json', 'utf8'));
  await writeFile(join(root, 'biome.json'), JSON.stringify({ ...config, $schema: undefined, vcs: { enabled: false } }));
  await cp('package.json', join(root, 'package.json'));
});
afterEach(() => rm(root, { recursive: true }));

async function lint(files: Readonly<Record<string, string>>): Promise<string> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  try {
    const { stdout, stderr } = await run(biome, ['lint', '--colors=off', '.'], { cwd: root });
    return stdout + stderr;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    return stdout + stderr;
  }
}

const importing = (what: string) => `import { x } from '${what}';\n\nexport const y = x;\n`;

describe('a room that reaches where it may not is told what to do instead', () => {
  it.each([
    ['src/shell/grammar/a.ts', '#course/lesson.ts', 'pass in what it needs'],
    ['src/shell/grammar/a.ts', '../../course/lesson.ts', 'pass in what it needs'],
    ['src/course/a.ts', '#markdown/lesson/read-lesson.ts', 'let src/markdown call it'],
    ['src/course/block/a.ts', '../../markdown/x.ts', 'let src/markdown call it'],
    ['src/course/a.ts', 'node:fs', 'pass in what was read'],
    ['src/course/a.ts', '../shell/grammar/x.ts', '#grammar/'],
    ['src/course/a.ts', '../../e2e/site/site.ts', 'Nothing imports e2e'],
    ['src/markdown/a.ts', '../components/x.ts', 'let the component import it'],
    ['src/markdown/a.ts', '#grammar/completeness.ts', 'the one parser'],
    ['src/client/a.ts', '#markdown/lesson/x.ts', 'decide it in the build'],
    ['src/client/settings/a.ts', '../../markdown/x.ts', 'decide it in the build'],
    ['src/client/a.ts', 'node:fs', 'This runs in the browser'],
    ['src/pages/a.ts', '../../e2e/x.ts', 'Nothing imports e2e'],
    ['src/components/a.ts', '#grammar/completeness.ts', 'the one parser'],
  ])('%s -> %s', async (file, target, said) => {
    const output = await lint({ [file]: importing(target) });
    expect(output).toContain('noRestrictedImports');
    expect(output).toContain(said);
  });

  it.each([
    ['src/course/a.ts', '#grammar/completeness.ts'],
    ['src/course/block/a.ts', '../problem.ts'],
    ['src/markdown/a.ts', '#course/lesson.ts'],
    ['src/client/a.ts', '#course/node-names.ts'],
    ['src/course/a.test.ts', '#markdown/lesson/x.ts'],
  ])('%s -> %s is allowed', async (file, target) => {
    expect(await lint({ [file]: importing(target) })).not.toContain('noRestrictedImports');
  });
});

it('finds cycles, clocks, DOM and undeclared packages', async () => {
  const output = await lint({
    'src/course/a.ts': "import { b } from './b.ts';\n\nexport const a = b;\n",
    'src/course/b.ts': "import { a } from './a.ts';\n\nexport const b = a;\n",
    'src/course/c.ts': 'export const now = () => Date.now();\n',
    'src/course/d.ts': 'export const title = () => document.title;\n',
    'src/markdown/e.ts': importing('left-pad'),
  });
  expect(output).toContain('noImportCycles');
  expect(output).toContain("Time comes from the kernel's clock");
  expect(output).toContain('No DOM here');
  expect(output).toContain('noUndeclaredDependencies');
});
