import type { Change } from './timeline.ts';
import type { ApiObject, Resource, Version } from './versions.ts';

/** Changes written as `pod web-A-*#1 | status | Running 1/1`, in order; what follows `#` tells objects of one class apart. */
export function timelineOfLines(...lines: readonly string[]): readonly Change[] {
  return lines.map((line, index) => {
    const [name = '', track = '', value = ''] = line.split(' | ');
    const [object = '', id = ''] = name.split('#');
    return { revision: index + 1, id: `${object}#${id}`, object, track, value };
  });
}

let revision = 0;

/** A version of an object that is newer than all before it. */
export function version(
  resource: Resource,
  name: string,
  fields: object = {},
  metadata: Partial<ApiObject['metadata']> = {},
): Version {
  revision += 1;
  const object = {
    metadata: { name, uid: `uid-of-${name}`, resourceVersion: String(revision), ...metadata },
    ...fields,
  };
  return { resource, object, isGone: false };
}
