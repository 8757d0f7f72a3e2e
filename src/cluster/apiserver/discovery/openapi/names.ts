import { isCustom } from '../../../api/schema/schema.ts';
import type { GroupVersionKind } from '../../subresource-kinds.ts';

/** Groups whose name in the schema is shorter than their own. */
const GROUPS: Readonly<Record<string, string>> = {
  core: '',
  authentication: 'authentication.k8s.io',
  authorization: 'authorization.k8s.io',
  coordination: 'coordination.k8s.io',
  discovery: 'discovery.k8s.io',
  events: 'events.k8s.io',
  rbac: 'rbac.authorization.k8s.io',
  scheduling: 'scheduling.k8s.io',
  storage: 'storage.k8s.io',
};

/** `apps.v1.Deployment` is apps/v1, Deployment; a custom one's group is written backwards. */
export function kindOfDefinition(definition: string): GroupVersionKind {
  if (isCustom(definition)) {
    const [kind = '', version = '', ...group] = definition.slice(1).split('.').reverse();
    return { group: group.join('.'), version, kind };
  }
  const [short = '', version = '', kind = ''] = definition.split('.');
  return { group: GROUPS[short] ?? short, version, kind };
}

/** The schema of a type of the API is published as `io.k8s.api.apps.v1.Deployment`. */
export function schemaName(definition: string): string {
  if (isCustom(definition)) return definition.slice(1);
  if (definition.startsWith('meta.')) return `io.k8s.apimachinery.pkg.apis.${definition}`;
  if (definition.startsWith('pkg.')) return `io.k8s.apimachinery.${definition}`;
  return `io.k8s.api.${definition}`;
}

const PREFIX = '#/components/schemas/';

export type Reference = { readonly $ref: string };

export function reference(definition: string): Reference {
  return { $ref: `${PREFIX}${schemaName(definition)}` };
}
