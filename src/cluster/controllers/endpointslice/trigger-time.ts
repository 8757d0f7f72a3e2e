import type { Service } from '../../api/types/core.ts';
import type { Pod } from '../../api/types/pod.ts';

interface ServiceState {
  readonly service: string;
  readonly pods: ReadonlyMap<string, string>;
}

/** What endpoints carry of it. */
export const TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time';

/** When what changes endpoints came about: the earliest time that is new since the last sync (endpointslice/util.TriggerTimeTracker). */
export class TriggerTimes {
  readonly #states = new Map<string, ServiceState>();

  /** Undefined when nothing is new. Times of the API to the second, all in UTC, compare as text. */
  next(key: string, { metadata }: Service, pods: readonly Pod[]): string | undefined {
    const known = this.#states.get(key);
    const times = new Map<string, string>();
    let earliest: string | undefined;
    for (const pod of pods) {
      const time = pod.status.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime;
      if (!time) continue;
      times.set(pod.metadata.name, time);
      const isNew = time > (known?.pods.get(pod.metadata.name) ?? '');
      if (isNew && (earliest === undefined || time < earliest)) earliest = time;
    }
    const created = metadata.creationTimestamp;
    this.#states.set(key, { service: created, pods: times });
    if (!known) return created;
    return created > known.service && (earliest === undefined || created < earliest) ? created : earliest;
  }

  forget(key: string): void {
    this.#states.delete(key);
  }
}
