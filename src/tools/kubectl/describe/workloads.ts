import { parseTime } from '#kernel/calendar.ts';
import type { Routine } from '#kernel/coroutine.ts';
import { humanDuration } from '../../../cluster/api/time.ts';
import { pathOf } from '../connection/discovery.ts';
import type { Session } from '../connection/session.ts';
import type { AnyObject } from '../resources/object.ts';
import { selectorText } from '../resources/pods-of.ts';
import type { Describer, Related } from './describer.ts';
import { annotations, labels, pairsOf } from './metadata.ts';
import { controlledBy, podTemplate } from './pod.ts';
import { type Description, longTime, orUnset } from './text.ts';

type Template = Parameters<typeof podTemplate>[1];

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

interface Spec {
  readonly replicas?: number;
  readonly selector: Selector;
  readonly template: Template;
  readonly minReadySeconds?: number;
  readonly strategy?: {
    readonly type?: string;
    readonly rollingUpdate?: { readonly maxUnavailable?: string | number; readonly maxSurge?: string | number };
  };
  readonly updateStrategy?: { readonly type?: string; readonly rollingUpdate?: { readonly partition?: number } };
  readonly volumeClaimTemplates?: readonly AnyObject[];
}

interface Status {
  readonly replicas?: number;
  readonly updatedReplicas?: number;
  readonly availableReplicas?: number;
  readonly unavailableReplicas?: number;
  readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason?: string }[];
}

const specOf = (object: AnyObject) => object['spec'] as Spec;
const statusOf = (object: AnyObject) => (object['status'] ?? {}) as Status;

/** `app=web`, or `<none>`. */
function selector(own: Selector | undefined): string {
  return own === undefined ? '<unset>' : selectorText(own) || '<none>';
}

/** The Pods that an object's selector finds and that it owns. */
function* ownPods(session: Session, object: AnyObject): Routine<Related> {
  const pods = yield* session.discovery.find('pods');
  const { items } = yield* session.json<{ readonly items: readonly AnyObject[] }>({
    path: pathOf(pods, object.metadata?.namespace),
    query: { labelSelector: selectorText(specOf(object).selector) },
  });
  return { pods: items.filter((pod) => ownerOf(pod) === object.metadata?.uid) };
}

function ownerOf(object: AnyObject): string | undefined {
  const owners = (object.metadata?.['ownerReferences'] ?? []) as readonly {
    readonly uid: string;
    readonly controller?: boolean;
  }[];
  return owners.find(({ controller }) => controller)?.uid;
}

function podsStatus(pods: readonly AnyObject[] = []): string {
  const count = (...phases: readonly string[]) =>
    pods.filter((pod) => phases.includes((pod['status'] as { readonly phase?: string }).phase ?? '')).length;
  return `${count('Running')} Running / ${count('Pending')} Waiting / ${count('Succeeded')} Succeeded / ${count('Failed')} Failed`;
}

function head(out: Description, object: AnyObject): void {
  out.line(0, `Name:\t${object.metadata?.name}`);
  if (object.metadata?.namespace !== undefined) out.line(0, `Namespace:\t${object.metadata.namespace}`);
}

export const describeDeployment: Describer = {
  *related(session, deployment) {
    const sets = yield* session.discovery.find('replicasets');
    const { items } = yield* session.json<{ readonly items: readonly AnyObject[] }>({
      path: pathOf(sets, deployment.metadata?.namespace),
      query: { labelSelector: selectorText(specOf(deployment).selector) },
    });
    return { replicaSets: items.filter((set) => ownerOf(set) === deployment.metadata?.uid) };
  },
  describe(out, deployment, { related }) {
    const spec = specOf(deployment);
    const status = statusOf(deployment);
    head(out, deployment);
    out.line(0, `CreationTimestamp:\t${longTime(deployment.metadata?.creationTimestamp)}`);
    labels(out, deployment);
    annotations(out, deployment);
    out.line(0, `Selector:\t${selector(spec.selector)}`);
    out.line(
      0,
      `Replicas:\t${spec.replicas ?? 0} desired | ${status.updatedReplicas ?? 0} updated | ${status.replicas ?? 0} total | ${status.availableReplicas ?? 0} available | ${status.unavailableReplicas ?? 0} unavailable`,
    );
    out.line(0, `StrategyType:\t${spec.strategy?.type ?? ''}`);
    out.line(0, `MinReadySeconds:\t${spec.minReadySeconds ?? 0}`);
    const rolling = spec.strategy?.rollingUpdate;
    if (rolling)
      out.line(0, `RollingUpdateStrategy:\t${rolling.maxUnavailable} max unavailable, ${rolling.maxSurge} max surge`);
    podTemplate(out, spec.template);
    if (status.conditions && status.conditions.length > 0) {
      out.line(0, 'Conditions:\n  Type\tStatus\tReason');
      out.line(1, '----\t------\t------');
      for (const { type, status: is, reason = '' } of status.conditions) out.line(1, `${type} \t${is}\t${reason}`);
    }
    const sets = related['replicaSets'] ?? [];
    const hash = (set: AnyObject) => set.metadata?.annotations?.['deployment.kubernetes.io/revision'];
    const current = sets.find(
      (set) => hash(set) === deployment.metadata?.annotations?.['deployment.kubernetes.io/revision'],
    );
    const old = sets.filter((set) => set !== current);
    const shown = (set: AnyObject) =>
      `${set.metadata?.name} (${statusOf(set).replicas ?? 0}/${specOf(set).replicas ?? 0} replicas created)`;
    out.line(0, `OldReplicaSets:\t${old.map(shown).join(', ') || '<none>'}`);
    out.line(0, `NewReplicaSet:\t${current ? shown(current) : '<none>'}`);
  },
};

export const describeReplicaSet: Describer = {
  related: ownPods,
  describe(out, set, { related }) {
    const spec = specOf(set);
    head(out, set);
    out.line(0, `Selector:\t${selector(spec.selector)}`);
    labels(out, set);
    annotations(out, set);
    controlledBy(out, set);
    out.line(0, `Replicas:\t${statusOf(set).replicas ?? 0} current / ${spec.replicas ?? 0} desired`);
    out.line(0, `Pods Status:\t${podsStatus(related['pods'])}`);
    podTemplate(out, spec.template);
    const { conditions = [] } = statusOf(set);
    if (conditions.length > 0) {
      out.line(0, 'Conditions:\n  Type\tStatus\tReason');
      out.line(1, '----\t------\t------');
      for (const { type, status, reason = '' } of conditions) out.line(1, `${type} \t${status}\t${reason}`);
    }
  },
};

export const describeStatefulSet: Describer = {
  related: ownPods,
  describe(out, set, { related }) {
    const spec = specOf(set);
    head(out, set);
    out.line(0, `CreationTimestamp:\t${longTime(set.metadata?.creationTimestamp)}`);
    out.line(0, `Selector:\t${selector(spec.selector)}`);
    labels(out, set);
    annotations(out, set);
    out.line(0, `Replicas:\t${spec.replicas ?? 0} desired | ${statusOf(set).replicas ?? 0} total`);
    out.line(0, `Update Strategy:\t${spec.updateStrategy?.type ?? ''}`);
    if (spec.updateStrategy?.rollingUpdate)
      out.line(1, `Partition:\t${spec.updateStrategy.rollingUpdate.partition ?? 0}`);
    out.line(0, `Pods Status:\t${podsStatus(related['pods'])}`);
    podTemplate(out, spec.template);
    const claims = spec.volumeClaimTemplates ?? [];
    out.line(0, claims.length === 0 ? 'Volume Claims:\t<none>' : 'Volume Claims:');
    for (const claim of claims) out.line(1, `Name:\t${claim.metadata?.name}`);
  },
};

interface DaemonStatus {
  readonly desiredNumberScheduled?: number;
  readonly currentNumberScheduled?: number;
  readonly updatedNumberScheduled?: number;
  readonly numberAvailable?: number;
  readonly numberMisscheduled?: number;
}

export const describeDaemonSet: Describer = {
  related: ownPods,
  describe(out, set, { related }) {
    const spec = specOf(set);
    const status = (set['status'] ?? {}) as DaemonStatus;
    head(out, set);
    out.line(0, `Selector:\t${selector(spec.selector)}`);
    out.line(0, `Node-Selector:\t${pairsOf(spec.template?.spec.nodeSelector).join(',') || '<none>'}`);
    labels(out, set);
    annotations(out, set);
    out.line(0, `Desired Number of Nodes Scheduled: ${status.desiredNumberScheduled ?? 0}`);
    out.line(0, `Current Number of Nodes Scheduled: ${status.currentNumberScheduled ?? 0}`);
    out.line(0, `Number of Nodes Scheduled with Up-to-date Pods: ${status.updatedNumberScheduled ?? 0}`);
    out.line(0, `Number of Nodes Scheduled with Available Pods: ${status.numberAvailable ?? 0}`);
    out.line(0, `Number of Nodes Misscheduled: ${status.numberMisscheduled ?? 0}`);
    out.line(0, `Pods Status:\t${podsStatus(related['pods'])}`);
    podTemplate(out, spec.template);
  },
};

interface JobSpec {
  readonly parallelism?: number;
  readonly completions?: number;
  readonly completionMode?: string;
  readonly suspend?: boolean;
  readonly backoffLimit?: number;
  readonly activeDeadlineSeconds?: number;
  readonly ttlSecondsAfterFinished?: number;
  readonly selector: Selector;
  readonly template: Template;
}

interface JobStatus {
  readonly startTime?: string;
  readonly completionTime?: string;
  readonly active?: number;
  readonly ready?: number;
  readonly succeeded?: number;
  readonly failed?: number;
}

export const describeJob: Describer = {
  describe(out, job) {
    const spec = job['spec'] as JobSpec;
    const status = (job['status'] ?? {}) as JobStatus;
    head(out, job);
    out.line(0, `Selector:\t${selector(spec.selector)}`);
    labels(out, job);
    annotations(out, job);
    controlledBy(out, job);
    out.line(0, `Parallelism:\t${orUnset(spec.parallelism)}`);
    out.line(0, `Completions:\t${orUnset(spec.completions)}`);
    if (spec.completionMode) out.line(0, `Completion Mode:\t${spec.completionMode}`);
    if (spec.suspend !== undefined) out.line(0, `Suspend:\t${spec.suspend}`);
    if (spec.backoffLimit !== undefined) out.line(0, `Backoff Limit:\t${spec.backoffLimit}`);
    if (spec.ttlSecondsAfterFinished !== undefined)
      out.line(0, `TTL Seconds After Finished:\t${spec.ttlSecondsAfterFinished}`);
    if (status.startTime) out.line(0, `Start Time:\t${longTime(status.startTime)}`);
    if (status.completionTime) out.line(0, `Completed At:\t${longTime(status.completionTime)}`);
    if (status.startTime && status.completionTime)
      out.line(0, `Duration:\t${humanDuration(parseTime(status.completionTime) - parseTime(status.startTime))}`);
    if (spec.activeDeadlineSeconds !== undefined)
      out.line(0, `Active Deadline Seconds:\t${spec.activeDeadlineSeconds}s`);
    const ready = status.ready === undefined ? '' : ` (${status.ready} Ready)`;
    out.line(
      0,
      `Pods Statuses:\t${status.active ?? 0} Active${ready} / ${status.succeeded ?? 0} Succeeded / ${status.failed ?? 0} Failed`,
    );
    podTemplate(out, spec.template);
  },
};

interface CronJobSpec {
  readonly schedule: string;
  readonly concurrencyPolicy?: string;
  readonly suspend?: boolean;
  readonly timeZone?: string;
  readonly successfulJobsHistoryLimit?: number;
  readonly failedJobsHistoryLimit?: number;
  readonly startingDeadlineSeconds?: number;
  readonly jobTemplate: { readonly spec: Partial<JobSpec> };
}

export const describeCronJob: Describer = {
  describe(out, cronJob) {
    const spec = cronJob['spec'] as CronJobSpec;
    const job = spec.jobTemplate.spec;
    const status = (cronJob['status'] ?? {}) as {
      readonly lastScheduleTime?: string;
      readonly active?: readonly { readonly name: string }[];
    };
    head(out, cronJob);
    labels(out, cronJob);
    annotations(out, cronJob);
    out.line(0, `Schedule:\t${spec.schedule}`);
    out.line(0, `Concurrency Policy:\t${spec.concurrencyPolicy ?? ''}`);
    out.line(0, `Suspend:\t${spec.suspend ? 'True' : 'False'}`);
    out.line(0, `Time Zone:\t${orUnset(spec.timeZone)}`);
    out.line(0, `Successful Job History Limit:\t${orUnset(spec.successfulJobsHistoryLimit)}`);
    out.line(0, `Failed Job History Limit:\t${orUnset(spec.failedJobsHistoryLimit)}`);
    out.line(
      0,
      `Starting Deadline Seconds:\t${spec.startingDeadlineSeconds === undefined ? '<unset>' : `${spec.startingDeadlineSeconds}s`}`,
    );
    out.line(0, `Selector:\t${selector(job.selector)}`);
    out.line(0, `Parallelism:\t${orUnset(job.parallelism)}`);
    out.line(0, `Completions:\t${orUnset(job.completions)}`);
    if (job.activeDeadlineSeconds !== undefined) out.line(0, `Active Deadline Seconds:\t${job.activeDeadlineSeconds}s`);
    podTemplate(out, job.template);
    out.line(0, `Last Schedule Time:\t${status.lastScheduleTime ? longTime(status.lastScheduleTime) : '<unset>'}`);
    out.line(0, `Active Jobs:\t${(status.active ?? []).map(({ name }) => name).join(', ') || '<none>'}`);
  },
};
