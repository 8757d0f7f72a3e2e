import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compactDefinitions, type OpenApiSchemas } from './api-schema/compact.ts';

/** The documents of Kubernetes' api/openapi-spec/v3 that hold what the simulated API server serves. */
const DOCUMENTS = [
  'api__v1',
  'apis__apps__v1',
  'apis__authentication.k8s.io__v1',
  'apis__authorization.k8s.io__v1',
  'apis__autoscaling__v1',
  'apis__batch__v1',
  'apis__coordination.k8s.io__v1',
  'apis__discovery.k8s.io__v1',
  'apis__events.k8s.io__v1',
  'apis__policy__v1',
  'apis__rbac.authorization.k8s.io__v1',
  'apis__scheduling.k8s.io__v1',
  'apis__storage.k8s.io__v1',
];

/** Kinds that are served, or that a client sends to a subresource; what they are made of comes along. */
const ROOTS = [
  ...[
    'Binding',
    'ComponentStatus',
    'ConfigMap',
    'Endpoints',
    'Event',
    'Namespace',
    'Node',
    'Pod',
    'Secret',
    'Service',
  ].map((kind) => `core.v1.${kind}`),
  'core.v1.ServiceAccount',
  ...['ControllerRevision', 'DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet'].map((kind) => `apps.v1.${kind}`),
  ...['CronJob', 'Job'].map((kind) => `batch.v1.${kind}`),
  ...['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'].map((kind) => `rbac.v1.${kind}`),
  ...['LocalSubjectAccessReview', 'SelfSubjectAccessReview', 'SelfSubjectRulesReview', 'SubjectAccessReview'].map(
    (kind) => `authorization.v1.${kind}`,
  ),
  ...['SelfSubjectReview', 'TokenRequest', 'TokenReview'].map((kind) => `authentication.v1.${kind}`),
  'autoscaling.v1.Scale',
  'coordination.v1.Lease',
  'discovery.v1.EndpointSlice',
  'events.v1.Event',
  'policy.v1.Eviction',
  'scheduling.v1.PriorityClass',
  'storage.v1.StorageClass',
  'meta.v1.DeleteOptions',
];

const OUTPUT = 'src/cluster/api/schema/definitions.ts';

const folder = process.argv[2];
if (folder === undefined) {
  console.error(`Writes ${OUTPUT}, the fields of the kinds that the simulated API server serves.

  node scripts/api-schema.ts FOLDER

FOLDER is api/openapi-spec/v3 of the source of the Kubernetes release that is taught (src/course/release.ts).`);
  process.exit(2);
}

const schemas: OpenApiSchemas = {};
for (const name of DOCUMENTS) {
  const text = await readFile(join(folder, `${name}_openapi.json`), 'utf8');
  Object.assign(schemas, (JSON.parse(text) as { components: { schemas: OpenApiSchemas } }).components.schemas);
}
const lines = compactDefinitions(schemas, ROOTS);
await writeFile(
  OUTPUT,
  `/** Written by scripts/api-schema.ts from the OpenAPI specification of the release that is taught; \`schema.ts\` says how it is read. */
export const DEFINITIONS = \`
${lines.join('\n')}
\`;
`,
);
console.log(`${OUTPUT}: ${lines.length} definitions`);
