import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import type { Draft } from '../../api/object.ts';
import { isReason } from '../../api/status.ts';
import type { Pod } from '../../api/types/pod.ts';
import type { StatefulSet } from '../../api/types/workloads.ts';
import type { Client } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import { messageOf } from '../pod-control/errors.ts';
import { withIdentity } from './identity.ts';

/**
 * Creates, mends and deletes the Pods of StatefulSets and tells of it (StatefulPodControl of pkg/controller/statefulset). There are no
 * PersistentVolumeClaims here: Pods name theirs, and nobody makes them.
 */
export class StatefulPods {
  readonly #client: Client;
  readonly #recorder: EventRecorder;

  constructor(client: Client, recorder: EventRecorder) {
    this.#client = client;
    this.#recorder = recorder;
  }

  /** @throws ApiError AlreadyExists …, ConnectionError */
  create(set: StatefulSet, draft: Draft<Pod>): Pod {
    const { name = '' } = draft.metadata;
    return this.#told(set, 'Create', name, () => this.#client.create(podKind, draft), 'AlreadyExists');
  }

  /** Gives a Pod its labels back. @throws ApiError Conflict …, ConnectionError */
  mend(set: StatefulSet, pod: Pod): Pod {
    return this.#told(set, 'Update', pod.metadata.name, () => this.#client.update(podKind, withIdentity(pod)));
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
