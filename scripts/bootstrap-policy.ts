import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { compactPolicy, type PolicyObject } from './api-schema/compact-policy.ts';

/** The roles and bindings that an API server makes when it starts. */
const FILES = [
  'cluster-roles',
  'controller-roles',
  'cluster-role-bindings',
  'controller-role-bindings',
  'namespace-roles',
  'namespace-role-bindings',
];

const OUTPUT = 'src/cluster/apiserver/bootstrap/policy-data.ts';

const folder = process.argv[2];
if (folder === undefined) {
  console.error(`Writes ${OUTPUT}, the roles and bindings that an API server makes when it starts.

  node scripts/bootstrap-policy.ts FOLDER

FOLDER is plugin/pkg/auth/authorizer/rbac/bootstrappolicy/testdata of the source of the Kubernetes release that is taught.`);
  process.exit(2);
}

const lines: string[] = [];
for (const file of FILES) {
  const { items } = parse(await readFile(join(folder, `${file}.yaml`), 'utf8')) as { items: readonly PolicyObject[] };
  lines.push(...items.map(compactPolicy));
}
await writeFile(
  OUTPUT,
  `/** Written by scripts/bootstrap-policy.ts from the source of the release that is taught; \`policy.ts\` says how it is read. */
export const POLICY = \`
${lines.join('\n')}
\`;
`,
);
console.log(`${OUTPUT}: ${lines.length} roles and bindings`);
