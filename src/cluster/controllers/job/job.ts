import { parseTime } from '#kernel/calendar.ts';
import { isEqual } from '../../api/json.ts';
import { job as jobKind } from '../../api/kinds/batch/job.ts';
import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import { controllerOf, keyOf, type OwnerReference } from '../../api/object.ts';
import { selectorMatcher } from '../../api/selectors/labels.ts';
import type { Pod } from '../../api/types/pod.ts';
import type { Job } from '../../api/types/workloads.ts';
import { type Controller, type ControllerContext, controllerQueue } from '../controller.ts';
import { indexByController, indexByNamespace, ownedBy, ownedOrOrphaned, resolveOwner } from '../pod-control/owner.ts';
import { type Backoff, NO_BACKOFF } from './backoff.ts';
import { isFinished } from './conditions.ts';
import { Expectations } from './expectations.ts';
import { JobState } from './job-state.ts';
import { JobSync } from './job-sync.ts';
import { isTracked } from './pod-state.ts';
import { claimPods, removeFinalizer } from './pods.ts';
import type { JobTools } from './tools.ts';

/** Events of Pods are looked at together, in milliseconds (SyncJobBatchPeriod). */
const BATCH_PERIOD = 1_000;

/** Runs Pods until enough of them succeeded (pkg/controller/job). Pod failure policies, success policies and limits per index are not simulated. */
export function startJob(context: ControllerContext): Controller {
  const { client, informers, kernel, log } = context;
  const recorder = context.recorder('job-controller');
  const jobs = informers.of(jobKind);
  const pods = informers.of(podKind);
  indexByController(pods);
  indexByNamespace(jobs);
  const queue = controllerQueue(context, 'job', sync);
  const orphans = controllerQueue(context, 'job_orphan_pod', syncOrphan);
  const expectations = new Expectations();
  const backoffs = new Map<string, Backoff>();
  /** The resourceVersion that was written last. */
  const written = new Map<string, number>();
  const tools: JobTools = {
    kernel,
    client,
    recorder,
    expectations,
    queue,
    backoffs: { get: (key) => backoffs.get(key) ?? NO_BACKOFF, set: (key, backoff) => backoffs.set(key, backoff) },
    wrote: (key, { metadata }) => written.set(key, Number(metadata.resourceVersion)),
  };
  const batched = (key: string) => queue.addAfter(key, BATCH_PERIOD);

  jobs.handle({
    added: (job) => queue.add(keyOf(job)),
    updated: jobUpdated,
    deleted: (job) => {
      queue.add(keyOf(job));
      releasePods(job);
      backoffs.delete(keyOf(job));
    },
  });
  pods.handle({ added: podAdded, updated: podUpdated, deleted: (pod) => podDeleted(pod, true) });
  log.info('job_controller.go:336', 'Starting job controller', { logger: 'job-controller' });

  function sync(key: string): void {
    const job = jobs.getByKey(key);
    if (!job) {
      expectations.forget(key);
      backoffs.delete(key);
      written.delete(key);
      return;
    }
    // The event of what was written is on its way.
    if (Number(job.metadata.resourceVersion) < (written.get(key) ?? 0)) return;
    if (isFinished(job)) {
      backoffs.delete(key);
      return;
    }
    const isSatisfied = expectations.areMet(key, kernel.now);
    const own = claimPods(client, job, ownedOrOrphaned(pods, job));
    new JobSync(new JobState(tools, job, own, isSatisfied)).run();
  }

  function jobUpdated(job: Job, before: Job): void {
    const key = keyOf(job);
    if (isFinished(job)) {
      releasePods(job);
      return;
    }
    if (job.metadata.generation === before.metadata.generation) batched(key);
    else queue.add(key);
    const { activeDeadlineSeconds: deadline } = job.spec;
    if (!job.status.startTime || deadline === undefined || deadline === before.spec.activeDeadlineSeconds) return;
    queue.addAfter(key, parseTime(job.status.startTime) + deadline * 1000 - kernel.now);
  }

  function podAdded(pod: Pod): void {
    if (pod.metadata.deletionTimestamp !== undefined) {
      podDeleted(pod, false);
      return;
    }
    const reference = controllerOf(pod);
    if (!reference) {
      noteOrphan(pod);
      enqueueSelecting(pod);
      return;
    }
    const key = keyOfJob(pod, reference);
    if (key === undefined) return;
    expectations.observed(key, pod.metadata.uid, 'creation');
    batched(key);
  }

  function podUpdated(pod: Pod, before: Pod): void {
    if (pod.metadata.deletionTimestamp !== undefined) {
      podDeleted(pod, false);
      return;
    }
    const [reference, earlier] = [controllerOf(pod), controllerOf(before)];
    const isOtherOwner = reference?.uid !== earlier?.uid;
    const note = (key: string | undefined) => {
      if (key === undefined) return;
      if (!isTracked(pod)) expectations.observed(key, pod.metadata.uid, 'finalizer');
      batched(key);
    };
    if (isOtherOwner && earlier) note(keyOfJob(before, earlier));
    if (reference) {
      note(keyOfJob(pod, reference));
      return;
    }
    noteOrphan(pod);
    if (isOtherOwner || !isEqual(pod.metadata.labels, before.metadata.labels)) enqueueSelecting(pod);
  }

  /** @param isGone whether it is not only marked */
  function podDeleted(pod: Pod, isGone: boolean): void {
    const reference = controllerOf(pod);
    const job = reference && resolveOwner(jobs, jobKind, pod.metadata.namespace, reference);
    if (!job || isFinished(job)) {
      noteOrphan(pod);
      return;
    }
    const { uid } = pod.metadata;
    expectations.observed(keyOf(job), uid, 'deletion', 'creation');
    if (isGone || !isTracked(pod)) expectations.observed(keyOf(job), uid, 'finalizer');
    batched(keyOf(job));
  }

  function keyOfJob(pod: Pod, reference: OwnerReference): string | undefined {
    const job = resolveOwner(jobs, jobKind, pod.metadata.namespace, reference);
    return job && keyOf(job);
  }

  function enqueueSelecting(pod: Pod): void {
    const { namespace = '', labels } = pod.metadata;
    if (!labels) return;
    for (const job of jobs.indexed('namespace', namespace)) {
      if (selectorMatcher(job.spec.selector)(labels)) batched(keyOf(job));
    }
  }

  /** Nobody counts it: its finalizer would keep it for ever. */
  function noteOrphan(pod: Pod): void {
    if (isTracked(pod)) orphans.add(keyOf(pod));
  }

  function releasePods(job: Job): void {
    for (const pod of ownedBy(pods, job.metadata.uid)) noteOrphan(pod);
  }

  function syncOrphan(key: string): void {
    const pod = pods.getByKey(key);
    if (!pod || !isTracked(pod)) return;
    const reference = controllerOf(pod);
    if (reference && (reference.kind !== 'Job' || reference.apiVersion !== 'batch/v1')) return;
    const job = reference && resolveOwner(jobs, jobKind, pod.metadata.namespace, reference);
    if (!job || isFinished(job)) removeFinalizer(client, pod);
  }

  return {
    name: 'job',
    stop: () => {
      queue.stop();
      orphans.stop();
    },
  };
}
