import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import type { Draft, KubeObject } from '../../api/object.ts';
import { isReason } from '../../api/status.ts';
import type { Pod, PodTemplateSpec } from '../../api/types/pod.ts';
import type { Client } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import { isNamespaceEnding, messageOf } from './errors.ts';
import { controllerReference, type KindName } from './owner.ts';

/** Creates and deletes Pods for an owner and tells of it in events of the owner (pkg/controller.RealPodControl). */
export class PodControl {
  readonly #client: Client;
  readonly #recorder: EventRecorder;
  readonly #ownerKind: KindName;

  constructor(client: Client, recorder: EventRecorder, ownerKind: KindName) {
    this.#client = client;
    this.#recorder = recorder;
    this.#ownerKind = ownerKind;
  }

  /** @throws ApiError, ConnectionError */
  create(owner: KubeObject, template: PodTemplateSpec): Pod {
    const draft = podFromTemplate(this.#ownerKind, owner, template);
    try {
      const created = this.#client.create(podKind, draft);
      this.#recorder.record(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${created.metadata.name}`);
      return created;
    } catch (error) {
      if (!isNamespaceEnding(error)) {
        this.#recorder.record(owner, 'Warning', 'FailedCreate', `Error creating: ${messageOf(error)}`);
      }
      throw error;
    }
  }

  /** @throws ApiError NotFound when it is gone; Error for anything else that fails */
  delete(owner: KubeObject, name: string): void {
    try {
      this.#client.delete(podKind, { metadata: { name, ...namespaceOf(owner) } });
    } catch (error) {
      if (isReason(error, 'NotFound')) throw error;
      this.#recorder.record(owner, 'Warning', 'FailedDelete', `Error deleting: ${messageOf(error)}`);
      throw new Error(`unable to delete pods: ${messageOf(error)}`, { cause: error });
    }
    this.#recorder.record(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
  }
}

/** A Pod as its owner's template wants it; the server chooses the end of its name (pkg/controller.GetPodFromTemplate). */
export function podFromTemplate(ownerKind: KindName, owner: KubeObject, template: PodTemplateSpec): Draft<Pod> {
  const { labels, annotations, finalizers } = template.metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: `${owner.metadata.name}-`,
      ...namespaceOf(owner),
      ...(labels && { labels }),
      ...(annotations && { annotations }),
      ...(finalizers && { finalizers }),
      ownerReferences: [controllerReference(ownerKind, owner)],
    },
    spec: template.spec,
  };
}

function namespaceOf({ metadata }: KubeObject): { readonly namespace?: string } {
  return metadata.namespace === undefined ? {} : { namespace: metadata.namespace };
}
