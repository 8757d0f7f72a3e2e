import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import { type Draft, keyOf } from '../../api/object.ts';
import { isReason } from '../../api/status.ts';
import type { Pod } from '../../api/types/pod.ts';
import type { StatefulSet } from '../../api/types/workloads.ts';
import type { Client } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import { messageOf } from '../pod-control/errors.ts';
import type { Written } from '../pod-control/written.ts';
import { withIdentity } from './identity.ts';

/**
 * Creates, mends and deletes the Pods of StatefulSets and tells of it (StatefulPodControl of pkg/controller/statefulset). There are no
 * PersistentVolumeClaims here: Pods name theirs, and nobody makes them.
 */
export class StatefulPods {
  readonly #client: Client;
  readonly #recorder: EventRecorder;
  readonly #written: Written;

  constructor(client: Client, recorder: EventRecorder, written: Written) {
    this.#client = client;
    this.#recorder = recorder;
    this.#written = written;
  }

  /** @throws ApiError AlreadyExists …, ConnectionError */
  create(set: StatefulSet, draft: Draft<Pod>): Pod {
    const { name = '' } = draft.metadata;
    return this.#told(
      set,
      'Create',
      name,
      () => this.#noted(set, this.#client.create(podKind, draft)),
      'AlreadyExists',
    );
  }

  /** Gives a Pod its labels back. @throws ApiError Conflict …, ConnectionError */
  mend(set: StatefulSet, pod: Pod): Pod {
    const update = () => this.#noted(set, this.#client.update(podKind, withIdentity(pod)));
    return this.#told(set, 'Update', pod.metadata.name, update);
  }

  /** One that is gone is as good as deleted. @throws ApiError, ConnectionError */
  delete(set: StatefulSet, pod: Pod): void {
    this.#told(set, 'Delete', pod.metadata.name, () => {
      try {
        this.#client.delete(podKind, pod);
      } catch (error) {
        if (!isReason(error, 'NotFound')) throw error;
      }
    });
  }

  #noted(set: StatefulSet, pod: Pod): Pod {
    this.#written.wrote(keyOf(set), pod);
    return pod;
  }

  #told<T>(set: StatefulSet, verb: string, name: string, act: () => T, silent?: 'AlreadyExists'): T {
    const what = `${verb} Pod ${name} in StatefulSet ${set.metadata.name}`;
    try {
      const result = act();
      this.#recorder.record(set, 'Normal', `Successful${verb}`, `${what} successful`);
      return result;
    } catch (error) {
      if (silent === undefined || !isReason(error, silent)) {
        this.#recorder.record(set, 'Warning', `Failed${verb}`, `${what} failed error: ${messageOf(error)}`);
      }
      throw error;
    }
  }
}
