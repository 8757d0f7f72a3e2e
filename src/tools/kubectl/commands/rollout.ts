import { timestamp } from '#kernel/calendar.ts';
import type { Routine } from '#kernel/coroutine.ts';
import type { Command, Invocation } from '../command/command.ts';
import { CommandError } from '../command/errors.ts';
import { type Flag, flag } from '../command/flags.ts';
import { FILE_FLAGS, OUTPUT_FLAGS } from '../command/shared-flags.ts';
import { pathOf, resourceName } from '../connection/discovery.ts';
import { podTemplate } from '../describe/pod.ts';
import { Description } from '../describe/text.ts';
import { TABLE, tabulate } from '../printers/tab-writer.ts';
import { selections } from '../resources/builder.ts';
import { dryRunOf, patch, report } from '../resources/change.ts';
import type { AnyObject } from '../resources/object.ts';
import { selectorText } from '../resources/pods-of.ts';
import { objectOf, type Target, targetsOf } from '../resources/visit.ts';
import { WaitTimeout, watchUntil } from '../resources/watch-until.ts';

const REVISION = 'deployment.kubernetes.io/revision';
const CAUSE = 'kubernetes.io/change-cause';
const HASH = 'pod-template-hash';
const WEEK = 168 * 3_600_000;

const FLAGS: readonly Flag[] = [
  ...FILE_FLAGS,
  ...OUTPUT_FLAGS,
  flag('selector', 'string', { short: 'l' }),
  flag('field-manager', 'string'),
  flag('dry-run', 'string', { default: 'none', alone: 'unchanged' }),
];

type Template = Parameters<typeof podTemplate>[1];

interface Spec {
  readonly replicas?: number;
  readonly paused?: boolean;
  readonly selector: Parameters<typeof selectorText>[0];
  readonly template: Template;
  readonly updateStrategy?: { readonly type?: string; readonly rollingUpdate?: { readonly partition?: number } };
}

interface Status {
  readonly observedGeneration?: number;
  readonly replicas?: number;
  readonly updatedReplicas?: number;
  readonly availableReplicas?: number;
  readonly readyReplicas?: number;
  readonly currentRevision?: string;
  readonly updateRevision?: string;
  readonly desiredNumberScheduled?: number;
  readonly updatedNumberScheduled?: number;
  readonly numberAvailable?: number;
  readonly conditions?: readonly { readonly type: string; readonly reason?: string }[];
}

const specOf = (object: AnyObject) => object['spec'] as Spec;

function* targets({ session, args, flags, path }: Invocation): Routine<readonly Target[]> {
  if (args.length === 0 && flags.list('filename').length === 0 && flags.string('selector') === '')
    throw new CommandError(`required resource not specified\nSee '${path} -h' for help and examples`);
  return yield* targetsOf(session, yield* selections(session, args, flags), flags);
}

/** What is to be said of a rollout, and whether it is over. */
function progress(object: AnyObject): { readonly text: string; readonly isDone: boolean } {
  const name = JSON.stringify(object.metadata?.name ?? '');
  const spec = specOf(object);
  const status = (object['status'] ?? {}) as Status;
  const generation = Number(object.metadata?.['generation'] ?? 0);
  const waits = (text: string) => ({ text: `Waiting for ${text}\n`, isDone: false });
  if (generation > (status.observedGeneration ?? 0)) {
    const what =
      object.kind === 'Deployment'
        ? 'deployment spec update to be observed...'
        : object.kind === 'DaemonSet'
          ? 'daemon set spec update to be observed...'
          : 'statefulset spec update to be observed...';
    return waits(what);
  }
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0, readyReplicas = 0 } = status;
  if (object.kind === 'Deployment') {
    if (status.conditions?.some(({ type, reason }) => type === 'Progressing' && reason === 'ProgressDeadlineExceeded'))
      throw new CommandError(`deployment ${name} exceeded its progress deadline`);
    const wanted = spec.replicas ?? 1;
    const head = `deployment ${name} rollout to finish: `;
    if (updatedReplicas < wanted)
      return waits(`${head}${updatedReplicas} out of ${wanted} new replicas have been updated...`);
    if (replicas > updatedReplicas)
      return waits(`${head}${replicas - updatedReplicas} old replicas are pending termination...`);
    if (availableReplicas < updatedReplicas)
      return waits(`${head}${availableReplicas} of ${updatedReplicas} updated replicas are available...`);
    return { text: `deployment ${name} successfully rolled out\n`, isDone: true };
  }
  if (object.kind === 'DaemonSet') {
    const { desiredNumberScheduled = 0, updatedNumberScheduled = 0, numberAvailable = 0 } = status;
    const head = `daemon set ${name} rollout to finish: `;
    if (updatedNumberScheduled < desiredNumberScheduled)
      return waits(`${head}${updatedNumberScheduled} out of ${desiredNumberScheduled} new pods have been updated...`);
    if (numberAvailable < desiredNumberScheduled)
      return waits(`${head}${numberAvailable} of ${desiredNumberScheduled} updated pods are available...`);
    return { text: `daemon set ${name} successfully rolled out\n`, isDone: true };
  }
  if (object.kind !== 'StatefulSet') throw new CommandError(`no status viewer has been implemented for ${object.kind}`);
  if (spec.updateStrategy?.type !== 'RollingUpdate')
    throw new CommandError(`rollout status is only available for RollingUpdate strategy type`);
  if (readyReplicas < (spec.replicas ?? 1)) return waits(`${(spec.replicas ?? 1) - readyReplicas} pods to be ready...`);
  if (status.updateRevision !== status.currentRevision)
    return waits(
      `statefulset rolling update to complete ${updatedReplicas} pods at revision ${status.updateRevision}...`,
    );
  return {
    text: `statefulset rolling update complete ${status.availableReplicas ?? 0} pods at revision ${status.currentRevision}...\n`,
    isDone: true,
  };
}

const status: Command = {
  name: 'status',
  summary: 'Follow a rollout to its end',
  usage: '(TYPE NAME | TYPE/NAME)',
  flags: [
    ...FLAGS,
    flag('watch', 'bool', { short: 'w', default: 'true' }),
    flag('timeout', 'duration', { default: '0' }),
    flag('revision', 'int', { default: '0' }),
  ],
  *run(invocation) {
    const { flags, session, out } = invocation;
    for (const target of yield* targets(invocation)) {
      const kind = target.resource.kind;
      const look = (object: AnyObject) => progress({ ...object, kind });
      const first = look(yield* objectOf(session, target));
      if (!flags.bool('watch')) {
        out(first.text);
        continue;
      }
      let last = '';
      try {
        yield* watchUntil(
          session,
          target,
          (seen) => {
            if (!seen || seen.type === 'DELETED') throw new CommandError('object has been deleted');
            const { text, isDone } = look(seen.object);
            if (text !== last) out(text);
            last = text;
            return isDone;
          },
          flags.duration('timeout') || WEEK,
        );
      } catch (error) {
        if (!(error instanceof WaitTimeout)) throw error;
        throw new CommandError('timed out waiting for the condition');
      }
    }
    return 0;
  },
};

/** The ReplicaSets of a Deployment, oldest revision first. */
function* replicaSets({ session }: Invocation, deployment: AnyObject): Routine<readonly AnyObject[]> {
  const sets = yield* session.discovery.find('replicasets');
  const { items } = yield* session.json<{ readonly items: readonly AnyObject[] }>({
    path: pathOf(sets, deployment.metadata?.namespace),
    query: { labelSelector: selectorText(specOf(deployment).selector) },
  });
  const own = items.filter(({ metadata }) =>
    ((metadata?.['ownerReferences'] ?? []) as readonly { readonly uid: string }[]).some(
      ({ uid }) => uid === deployment.metadata?.uid,
    ),
  );
  return own.toSorted((a, b) => revisionOf(a) - revisionOf(b));
}

function revisionOf(object: AnyObject): number {
  return Number(object.metadata?.annotations?.[REVISION] ?? 0);
}

const history: Command = {
  name: 'history',
  summary: 'List the revisions of a rollout',
  usage: '(TYPE NAME | TYPE/NAME)',
  flags: [...FLAGS, flag('revision', 'int', { default: '0' })],
  *run(invocation) {
    const { flags, session, out } = invocation;
    const revision = flags.number('revision');
    if (revision < 0) throw new CommandError(`revision must be a positive integer: ${revision}`);
    for (const target of yield* targets(invocation)) {
      const object = yield* objectOf(session, target);
      if (target.resource.kind !== 'Deployment')
        throw new CommandError(`rollout history of a ${target.resource.kind} is not simulated here`);
      const sets = yield* replicaSets(invocation, object);
      const name = `${target.resource.kind.toLowerCase()}.${target.resource.group}/${target.name}`;
      if (revision > 0) {
        const found = sets.find((set) => revisionOf(set) === revision);
        if (!found) throw new CommandError('unable to find the specified revision');
        const text = new Description();
        podTemplate(text, specOf(found).template);
        // Its tabs stay: kubectl prints this one without columns.
        out(`${name} with revision #${revision}\n${text.raw}`);
        continue;
      }
      const rows = sets.map((set) => `${revisionOf(set)}\t${set.metadata?.annotations?.[CAUSE] ?? '<none>'}`);
      out(
        `${name} \n${tabulate(`REVISION\tCHANGE-CAUSE\n${rows.join('\n')}\n`, { ...TABLE, least: 0, padding: 2 })}\n`,
      );
    }
    return 0;
  },
};

const undo: Command = {
  name: 'undo',
  summary: 'Go back to an earlier revision',
  usage: '(TYPE NAME | TYPE/NAME)',
  flags: [...FLAGS, flag('to-revision', 'int', { default: '0' })],
  *run(invocation) {
    const { flags, session, out, error } = invocation;
    const dryRun = dryRunOf(flags, error);
    const wanted = flags.number('to-revision');
    for (const target of yield* targets(invocation)) {
      const object = yield* objectOf(session, target);
      if (target.resource.kind !== 'Deployment')
        throw new CommandError(`rollout undo of a ${target.resource.kind} is not simulated here`);
      if (specOf(object).paused)
        throw new CommandError(
          "you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again",
        );
      const sets = yield* replicaSets(invocation, object);
      const earlier = wanted > 0 ? sets.find((set) => revisionOf(set) === wanted) : sets.at(-2);
      if (!earlier)
        throw new CommandError(
          wanted > 0
            ? `unable to find specified revision ${wanted} in history`
            : `no rollout history found for deployment ${JSON.stringify(target.name)}`,
        );
      const { metadata = {}, ...rest } = (specOf(earlier).template ?? {}) as {
        readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
      };
      const { [HASH]: _hash, ...labels } = metadata.labels ?? {};
      const template = { metadata: { ...metadata, labels }, ...rest };
      if (dryRun === 'client') {
        const text = new Description();
        podTemplate(text, template as Template);
        out(`deployment.apps/${target.name} ${text.raw}`);
        continue;
      }
      yield* patch(invocation, target, [{ op: 'replace', path: '/spec/template', value: template }], 'json', {
        manager: 'kubectl-rollout',
        dryRun,
      });
      out(`deployment.apps/${target.name} rolled back${dryRun === 'server' ? ' (server dry run)' : ''}\n`);
    }
    return 0;
  },
};

const restart: Command = {
  name: 'restart',
  summary: 'Start all Pods anew, step by step',
  usage: '(TYPE NAME | TYPE/NAME)',
  flags: FLAGS,
  *run(invocation) {
    const { session } = invocation;
    for (const target of yield* targets(invocation)) {
      const object = yield* objectOf(session, target);
      const { resource, name } = target;
      if (!['Deployment', 'DaemonSet', 'StatefulSet'].includes(resource.kind))
        throw new CommandError(`${resourceName(resource)} ${JSON.stringify(name)} restarting is not supported`);
      if (specOf(object).paused)
        throw new CommandError(
          `${resourceName(resource)} ${JSON.stringify(name)} can't restart paused deployment (run rollout resume first)`,
        );
      const annotations = { 'kubectl.kubernetes.io/restartedAt': timestamp(session.process.kernel.now) };
      const after = yield* patch(
        invocation,
        target,
        { spec: { template: { metadata: { annotations } } } },
        'strategic-merge',
        { manager: 'kubectl-rollout' },
      );
      report(invocation, resource, after, 'restarted', 'none');
    }
    return 0;
  },
};

/** `pause` and `resume`. */
function pausing(name: 'pause' | 'resume', isPaused: boolean): Command {
  return {
    name,
    summary: isPaused ? 'Hold a rollout' : 'Let a rollout go on',
    usage: '(TYPE NAME | TYPE/NAME)',
    flags: FLAGS,
    *run(invocation) {
      const { session } = invocation;
      for (const target of yield* targets(invocation)) {
        const object = yield* objectOf(session, target);
        const what = `${resourceName(target.resource)} ${JSON.stringify(target.name)}`;
        if (target.resource.kind !== 'Deployment')
          throw new CommandError(`${what} ${isPaused ? 'pausing' : 'resuming'} is not supported`);
        if ((specOf(object).paused ?? false) === isPaused)
          throw new CommandError(`${what} is ${isPaused ? 'already' : 'not'} paused`);
        const after = yield* patch(
          invocation,
          target,
          { spec: { paused: isPaused ? true : null } },
          'strategic-merge',
          { manager: 'kubectl-rollout' },
        );
        report(invocation, target.resource, after, isPaused ? 'paused' : 'resumed', 'none');
      }
      return 0;
    },
  };
}

export const rollout: Command = {
  name: 'rollout',
  summary: 'Look at and steer rollouts',
  subcommands: [status, history, undo, restart, pausing('pause', true), pausing('resume', false)],
};
