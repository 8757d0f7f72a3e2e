import { pod as podKind } from '../../../api/kinds/pod/pod.ts';
import type { Draft } from '../../../api/object.ts';
import { isReason } from '../../../api/status.ts';
import type { Pod } from '../../../api/types/pod.ts';
import type { Client } from '../../../client/client.ts';
import type { Log } from '../../../client/log.ts';
import { formatName } from '../pods/pod-names.ts';
import { HASH, isMirrorOf, MIRROR } from '../pods/pod-source.ts';

/** Keeps for each static Pod a Pod at the API server that shows it (pkg/kubelet/pod/mirror_client.go, kubelet.tryReconcileMirrorPods). */
export class MirrorPods {
  readonly #client: Client;
  readonly #log: Log;

  constructor(client: Client, log: Log) {
    this.#client = client;
    this.#log = log;
  }

  /**
   * Makes mirrors that are missing or stand for another Pod, and takes away those that stand for none.
   *
   * @param mirrors what the API server has
   */
  reconcile(pods: Iterable<Pod>, mirrors: readonly Pod[], node: { readonly name: string; readonly uid: string }): void {
    const left = new Set(mirrors);
    for (const pod of pods) {
      const mirror = mirrors.find(
        ({ metadata }) => metadata.name === pod.metadata.name && metadata.namespace === pod.metadata.namespace,
      );
      if (mirror) left.delete(mirror);
      if (mirror && isMirrorOf(mirror, pod) && mirror.metadata.deletionTimestamp === undefined) continue;
      if (mirror) {
        this.#log.info('kubelet.go:3482', 'Trying to delete pod', {
          pod: formatName(pod),
          podUID: mirror.metadata.uid,
        });
        if (!this.delete(mirror)) continue;
        this.#log.info('kubelet.go:3488', "Deleted mirror pod as it didn't match the static Pod", {
          pod: formatName(pod),
        });
      }
      this.#create(pod, node);
    }
    for (const mirror of left) this.delete(mirror);
  }

  /** Returns whether it is gone. */
  delete(mirror: Pod): boolean {
    try {
      const { uid } = mirror.metadata;
      this.#client.delete(podKind, mirror, { gracePeriodSeconds: 0, preconditions: { uid } });
      return true;
    } catch (error) {
      if (isReason(error, 'NotFound')) return true;
      this.#log.error('mirror_client.go:139', 'Failed deleting a mirror pod', {
        err: messageOf(error),
        pod: formatName(mirror),
      });
      return false;
    }
  }

  #create(pod: Pod, node: { readonly name: string; readonly uid: string }): void {
    this.#log.info('kubelet.go:3499', 'Creating a mirror pod for static pod', { pod: formatName(pod) });
    try {
      this.#client.create(podKind, mirrorOf(pod, node));
    } catch (error) {
      if (isReason(error, 'AlreadyExists')) return;
      this.#log.error('kubelet.go:3501', 'Failed creating a mirror pod', {
        err: messageOf(error),
        pod: formatName(pod),
      });
    }
  }
}

function mirrorOf(pod: Pod, node: { readonly name: string; readonly uid: string }): Draft<Pod> {
  const { name, namespace, labels, annotations } = pod.metadata;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(labels && { labels }),
      annotations: { ...annotations, [MIRROR]: annotations?.[HASH] ?? '' },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: node.name, uid: node.uid, controller: true }],
    },
    spec: pod.spec,
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
