import { type EventObject, Names } from './names.ts';
import { statesOf } from './states.ts';
import { type ApiObject, revisionOf, type Version } from './versions.ts';

/** Something that changed: an aspect of an object has another value than before. */
export interface Change {
  /** The order of all changes of a cluster. */
  readonly revision: number;
  /** Which object, apart from others of its class. */
  readonly id: string;
  /** `pod web-A-*` */
  readonly object: string;
  /** `status`, `condition Ready`, `events of kubelet` */
  readonly track: string;
  readonly value: string;
}

export const GONE = 'gone';

/** What happened, in order. Each object's aspects follow its first version; an event is a change of the object that it is about. */
export function timelineOf(versions: readonly Version[], namespace: string): readonly Change[] {
  const names = new Names(namespace);
  const ordered = [...versions].sort((a, b) => revisionOf(a) - revisionOf(b));
  // A ReplicaSet is there before the Pods that are named after it.
  for (const version of ordered) if (version.resource !== 'events') names.meet(version);
  const ids = idsOf(ordered);
  const seen = new Map<string, Map<string, string>>();
  const firsts = new Map<string, ApiObject>();
  const changes: Change[] = [];
  for (const version of ordered) {
    const { resource, object, isGone } = version;
    const revision = revisionOf(version);
    if (resource === 'events') {
      if (isGone) continue;
      const event = object as EventObject;
      const { kind, name } = event.involvedObject;
      const about = `${kind.toLowerCase()}s`;
      const value = names.plain(`${event.type === 'Normal' ? '' : `${event.type} `}${event.reason}: ${event.message}`);
      const source = event.source?.component || event.reportingComponent || 'nobody';
      const id = ids.get(`${about}/${name}`) ?? `${about}/${name}`;
      changes.push({ revision, id, object: names.classOf(about, name), track: `events of ${source}`, value });
      continue;
    }
    const { name } = object.metadata;
    const id = object.metadata.uid ?? name;
    const before = seen.get(id) ?? new Map<string, string>();
    seen.set(id, before);
    const first = firsts.get(id) ?? object;
    firsts.set(id, first);
    const states = isGone ? { [FIRST[resource] ?? 'status']: GONE } : statesOf(resource, object, first);
    for (const [track, state] of Object.entries(states)) {
      const value = names.plain(state);
      if (before.get(track) === value) continue;
      before.set(track, value);
      changes.push({ revision, id, object: names.classOf(resource, name), track, value });
    }
  }
  return changes;
}

/** The aspect that says when an object is gone. */
const FIRST: Readonly<Record<string, string>> = {
  deployments: 'desired',
  replicasets: 'desired',
  jobs: 'active',
  nodes: 'scheduling',
  endpointslices: 'ready',
  poddisruptionbudgets: 'healthy',
};

/** Events name objects; an object that came again under the same name is another one, which events of Pods' names never meet. */
function idsOf(versions: readonly Version[]): ReadonlyMap<string, string> {
  const ids = new Map<string, string>();
  for (const { resource, object } of versions) {
    const { name, uid } = object.metadata;
    if (resource !== 'events' && uid !== undefined) ids.set(`${resource}/${name}`, uid);
  }
  return ids;
}
