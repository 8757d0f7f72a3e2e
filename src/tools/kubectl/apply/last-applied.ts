import type { JsonObject } from '../../../cluster/api/json.ts';
import { definitionOf } from '../../../cluster/api/schema/schema.ts';
import type { Resource } from '../connection/discovery.ts';
import { compactJson } from '../printers/json.ts';
import type { AnyObject } from '../resources/object.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** The object as it is to be, with itself written down in its annotation. */
export function withLastApplied(object: AnyObject, namespace: string | undefined): AnyObject {
  const { [LAST_APPLIED]: _before, ...annotations } = object.metadata?.annotations ?? {};
  const metadata = { ...object.metadata, annotations, ...(namespace !== undefined && { namespace }) };
  const text = `${compactJson({ ...object, metadata })}\n`;
  return { ...object, metadata: { ...metadata, annotations: { ...annotations, [LAST_APPLIED]: text } } };
}

/** What was applied before; undefined when nothing was. */
export function lastApplied(object: AnyObject): JsonObject | undefined {
  const text = object.metadata?.annotations?.[LAST_APPLIED];
  return text === undefined ? undefined : (JSON.parse(text) as JsonObject);
}

/** `apps.v1.Deployment`; undefined for kinds that no type of the API stands for. */
export function definitionName({ group, version, kind }: Resource): string | undefined {
  const name = `${group === '' ? 'core' : group.split('.')[0]}.${version}.${kind}`;
  try {
    definitionOf(name);
    return name;
  } catch {
    return undefined;
  }
}
