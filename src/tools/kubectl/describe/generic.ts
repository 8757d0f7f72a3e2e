import type { AnyObject } from '../resources/object.ts';
import type { Describer } from './describer.ts';
import { annotations, labels } from './metadata.ts';
import type { Description } from './text.ts';

/** Of these the head has spoken already. */
const SKIPPED = [
  'metadata.managedFields',
  'metadata.name',
  'metadata.namespace',
  'metadata.labels',
  'metadata.annotations',
];

/** Objects of every other kind: all their fields, by name. */
export const describeAny: Describer = {
  describe(out, object) {
    out.line(0, `Name:\t${object.metadata?.name}`);
    out.line(0, `Namespace:\t${object.metadata?.namespace ?? ''}`);
    labels(out, object);
    annotations(out, object);
    fields(out, 0, object, '');
  },
};

function fields(out: Description, level: number, content: Readonly<Record<string, unknown>>, path: string): void {
  for (const name of Object.keys(content).sort()) {
    const value = content[name];
    const own = path === '' ? name : `${path}.${name}`;
    if (SKIPPED.includes(own)) continue;
    if (Array.isArray(value)) {
      out.line(level, `${labelFor(name)}:`);
      for (const child of value as readonly unknown[]) {
        if (isObject(child)) fields(out, level + 1, child, own);
        else out.line(level + 1, String(child));
      }
    } else if (isObject(value)) {
      out.line(level, `${labelFor(name)}:`);
      fields(out, level + 1, value, own);
    } else out.line(level, `${labelFor(name)}:\t${value === null ? '<nil>' : String(value)}`);
  }
}

function isObject(value: unknown): value is AnyObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const ACRONYMS = ['API', 'URL', 'UID', 'OSB', 'GUID'];

/** `leaseDurationSeconds` as `Lease Duration Seconds`. */
function labelFor(name: string): string {
  return name
    .split(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/)
    .map((part) =>
      ACRONYMS.includes(part.toUpperCase()) ? part.toUpperCase() : part.charAt(0).toUpperCase() + part.slice(1),
    )
    .join(' ');
}
