import type { Kind } from '../../api/kind.ts';
import { job as jobKind } from '../../api/kinds/batch/job.ts';
import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import { controllerOf, type LabelSelector } from '../../api/object.ts';
import { isReason } from '../../api/status.ts';
import type { Container, Pod, PodTemplateSpec } from '../../api/types/pod.ts';
import type { Job } from '../../api/types/workloads.ts';
import type { Client } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import { claim } from '../pod-control/claim.ts';
import { isNamespaceEnding, messageOf } from '../pod-control/errors.ts';
import { podFromTemplate } from '../pod-control/pod-control.ts';
import { COMPLETION_INDEX } from './indexes.ts';
import { isTracked, TRACKING_FINALIZER } from './pod-state.ts';

/** As the API server completes it. */
type StoredJob = Job & { readonly spec: { readonly selector: LabelSelector } };

const INDEX_VARIABLE = 'JOB_COMPLETION_INDEX';
/** The longest prefix of a name that is generated. */
const MAX_PREFIX = 58;

/** The Pods of a Job; orphans that fit are adopted, and get the finalizer too. @throws Error */
export function claimPods(client: Client, job: Job, pods: readonly Pod[]): readonly Pod[] {
  const owner: StoredJob = { ...job, spec: { ...job.spec, selector: job.spec.selector ?? {} } };
  const ownerKind = jobKind as unknown as Kind<StoredJob>;
  return claim(pods, { client, owner, ownerKind, kind: podKind }).map((pod) => {
    if (controllerOf(pod) || isTracked(pod)) return pod;
    const { uid, finalizers = [] } = pod.metadata;
    client.patch(podKind, pod, { metadata: { uid, finalizers: [TRACKING_FINALIZER] } });
    return { ...pod, metadata: { ...pod.metadata, finalizers: [...finalizers, TRACKING_FINALIZER] } };
  });
}

/**
 * Makes a Pod and tells of it. @param index of an Indexed Job
 *
 * @throws ApiError
 */
export function createPod(client: Client, recorder: EventRecorder, job: Job, index: number | undefined): Pod {
  const draft = podFromTemplate(jobKind, job, templateFor(job, index));
  const generateName = index === undefined ? draft.metadata.generateName : prefixWith(job.metadata.name, index);
  try {
    const pod = client.create(podKind, { ...draft, metadata: { ...draft.metadata, generateName: generateName ?? '' } });
    recorder.record(job, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
    return pod;
  } catch (error) {
    if (!isNamespaceEnding(error))
      recorder.record(job, 'Warning', 'FailedCreate', `Error creating: ${messageOf(error)}`);
    throw error;
  }
}

/** Returns whether the finalizer is off: also of a Pod that is gone. @throws ApiError */
export function removeFinalizer(client: Client, pod: Pod): void {
  const patch = { metadata: { '$deleteFromPrimitiveList/finalizers': [TRACKING_FINALIZER] } };
  try {
    client.patch(podKind, pod, patch);
  } catch (error) {
    if (!isReason(error, 'NotFound')) throw error;
  }
}

function templateFor({ metadata, spec }: Job, index: number | undefined): PodTemplateSpec {
  const { template } = spec;
  const finalizers = [...new Set([...(template.metadata?.finalizers ?? []), TRACKING_FINALIZER])];
  if (index === undefined) return { ...template, metadata: { ...template.metadata, finalizers } };
  const mark = { [COMPLETION_INDEX]: `${index}` };
  const { initContainers, containers } = template.spec;
  return {
    metadata: {
      ...template.metadata,
      finalizers,
      labels: { ...template.metadata?.labels, ...mark },
      annotations: { ...template.metadata?.annotations, ...mark },
    },
    spec: {
      ...template.spec,
      hostname: `${metadata.name}-${index}`,
      ...(initContainers && { initContainers: initContainers.map(withIndex) }),
      containers: containers.map(withIndex),
    },
  };
}

function withIndex(container: Container): Container {
  const { env = [] } = container;
  if (env.some(({ name }) => name === INDEX_VARIABLE)) return container;
  const fieldRef = { fieldPath: `metadata.labels['${COMPLETION_INDEX}']` };
  return { ...container, env: [...env, { name: INDEX_VARIABLE, valueFrom: { fieldRef } }] };
}

function prefixWith(name: string, index: number): string {
  const end = `-${index}-`;
  return `${name.slice(0, MAX_PREFIX - end.length)}${end}`;
}
