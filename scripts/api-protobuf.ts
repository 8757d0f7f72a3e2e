import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type GoTypes, messageLines, readGoTypes } from './api-schema/go-types.ts';

/** The packages whose types clients send, by the short names of the schema. */
const PACKAGES: Readonly<Record<string, string>> = {
  'core.v1': 'api/core/v1',
  'apps.v1': 'api/apps/v1',
  'authentication.v1': 'api/authentication/v1',
  'authorization.v1': 'api/authorization/v1',
  'autoscaling.v1': 'api/autoscaling/v1',
  'batch.v1': 'api/batch/v1',
  'coordination.v1': 'api/coordination/v1',
  'discovery.v1': 'api/discovery/v1',
  'events.v1': 'api/events/v1',
  'policy.v1': 'api/policy/v1',
  'rbac.v1': 'api/rbac/v1',
  'scheduling.v1': 'api/scheduling/v1',
  'storage.v1': 'api/storage/v1',
  'meta.v1': 'apimachinery/pkg/apis/meta/v1',
};

const OUTPUT = 'src/cluster/api/protobuf/messages.ts';

const folder = process.argv[2];
if (folder === undefined) {
  console.error(`Writes ${OUTPUT}, the numbers of fields in protobuf, in which clients written in Go send objects.

  node scripts/api-protobuf.ts FOLDER

FOLDER is staging/src/k8s.io of the source of the Kubernetes release that is taught, or any that holds its modules \`api\` and \`apimachinery\`.`);
  process.exit(2);
}

const types: GoTypes = new Map();
for (const [short, path] of Object.entries(PACKAGES)) {
  const directory = join(folder, path);
  for (const file of (await readdir(directory)).filter((name) => /^types.*\.go$/.test(name))) {
    readGoTypes(short, await readFile(join(directory, file), 'utf8'), types);
  }
}
const definitions = await readFile('src/cluster/api/schema/definitions.ts', 'utf8');
const roots = [...definitions.matchAll(/^(\w+\.v1\.\w+) /gm)].map(([, name]) => name ?? '');
const lines = messageLines(types, roots);
await writeFile(
  OUTPUT,
  `/** Written by scripts/api-protobuf.ts from the source of the release that is taught; \`decode.ts\` says how it is read. */
export const MESSAGES = \`
${lines.join('\n')}
\`;
`,
);
console.log(`${OUTPUT}: ${lines.length} messages`);
