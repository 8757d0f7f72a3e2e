import { type Routine, sleep } from '#kernel/coroutine.ts';
import { ApiError } from '../../../cluster/api/status.ts';
import type { Command, Invocation } from '../command/command.ts';
import { CommandError, plainMessage } from '../command/errors.ts';
import { type Flag, flag } from '../command/flags.ts';
import { objectName, pathOf } from '../connection/discovery.ts';
import { selections } from '../resources/builder.ts';
import { dryRunOf, patch } from '../resources/change.ts';
import type { AnyObject } from '../resources/object.ts';
import { objectOf, type Target, targetsOf } from '../resources/visit.ts';
import { WaitTimeout, watchUntil } from '../resources/watch-until.ts';

const NODE_FLAGS: readonly Flag[] = [
  flag('selector', 'string', { short: 'l' }),
  flag('dry-run', 'string', { default: 'none', alone: 'unchanged' }),
];
const RETRY = 5_000;
const WEEK = 168 * 3_600_000;

function* nodesOf(invocation: Invocation): Routine<readonly Target[]> {
  const { args, flags, session, path } = invocation;
  if (args.length === 0 && flags.string('selector') === '')
    throw new CommandError(
      `USAGE: ${path.replace('kubectl ', '')} NODE [flags]\nSee '${path} -h' for help and examples`,
    );
  if (args.length > 0 && flags.string('selector') !== '')
    throw new CommandError('cannot specify both a node name and a --selector option');
  const wanted =
    args.length > 0
      ? yield* selections(session, args, flags, { defaultType: 'nodes' })
      : [{ resource: yield* session.discovery.find('nodes'), name: undefined, namespace: undefined }];
  return yield* targetsOf(session, wanted, flags);
}

/** Sets spec.unschedulable, and says what came of it. */
function* setSchedulable(invocation: Invocation, target: Target, isSchedulable: boolean): Routine<void> {
  const { flags, session, out, error } = invocation;
  const dryRun = dryRunOf(flags, error);
  const node = yield* objectOf(session, target);
  const { unschedulable = false } = (node['spec'] ?? {}) as { readonly unschedulable?: boolean };
  const note = dryRun === 'client' ? ' (dry run)' : dryRun === 'server' ? ' (server dry run)' : '';
  const words = isSchedulable ? 'uncordoned' : 'cordoned';
  const name = objectName({ ...target.resource, singular: '' }, target.name);
  if (unschedulable === !isSchedulable) {
    out(`${name} already ${words}${note}\n`);
    return;
  }
  if (dryRun !== 'client')
    yield* patch(invocation, target, { spec: { unschedulable: isSchedulable ? null : true } }, 'strategic-merge', {
      manager: 'kubectl-cordon',
      dryRun,
    });
  out(`${name} ${words}${note}\n`);
}

export const cordon: Command = {
  name: 'cordon',
  summary: 'Mark a node as unschedulable',
  usage: 'NODE',
  flags: NODE_FLAGS,
  *run(invocation) {
    for (const target of yield* nodesOf(invocation)) yield* setSchedulable(invocation, target, false);
    return 0;
  },
};

export const uncordon: Command = {
  name: 'uncordon',
  summary: 'Mark a node as schedulable',
  usage: 'NODE',
  flags: NODE_FLAGS,
  *run(invocation) {
    for (const target of yield* nodesOf(invocation)) yield* setSchedulable(invocation, target, true);
    return 0;
  },
};

interface PodShape {
  readonly spec: { readonly volumes?: readonly { readonly emptyDir?: object }[] };
  readonly status?: { readonly phase?: string };
}

type Owner = { readonly kind: string; readonly name: string; readonly controller?: boolean };

/** Why a Pod stays, or is not to be evicted without a flag. */
interface Verdict {
  readonly pod: AnyObject;
  readonly isDeleted: boolean;
  readonly warning?: string;
  readonly problem?: string;
}

export const drain: Command = {
  name: 'drain',
  summary: 'Evict the Pods of a node, for maintenance',
  usage: 'NODE',
  flags: [
    ...NODE_FLAGS,
    flag('force', 'bool'),
    flag('grace-period', 'int', { default: '-1' }),
    flag('ignore-daemonsets', 'bool'),
    flag('timeout', 'duration', { default: '0' }),
    flag('delete-emptydir-data', 'bool'),
    flag('pod-selector', 'string'),
    flag('disable-eviction', 'bool'),
    flag('chunk-size', 'int', { default: '500' }),
    flag('skip-wait-for-delete-timeout', 'int', { default: '0' }),
  ],
  *run(invocation) {
    const { flags, session, out, error } = invocation;
    const dryRun = dryRunOf(flags, error);
    for (const target of yield* nodesOf(invocation)) {
      yield* setSchedulable(invocation, target, false);
      const pods = yield* session.discovery.find('pods');
      const { items } = yield* session.json<{ readonly items: readonly AnyObject[] }>({
        path: pathOf(pods, undefined),
        query: {
          fieldSelector: `spec.nodeName=${target.name}`,
          ...(flags.string('pod-selector') !== '' && { labelSelector: flags.string('pod-selector') }),
        },
      });
      const verdicts: Verdict[] = [];
      for (const pod of items) verdicts.push(verdictOf(pod, invocation));
      const problems = verdicts.filter(({ problem }) => problem !== undefined);
      if (problems.length > 0) {
        const note = `error: unable to drain node ${JSON.stringify(target.name)} due to error: ${grouped(problems)}, continuing command...\nThere are pending nodes to be drained:\n ${target.name}\n${grouped(problems).replace(/^\[|\]$/g, '')}\n`;
        throw new CommandError(note, { isWhole: true });
      }
      const warnings = verdicts.filter(({ warning }) => warning !== undefined);
      if (warnings.length > 0) error(`Warning: ${warningText(warnings)}\n`);
      const leaving = verdicts.filter(({ isDeleted }) => isDeleted).map(({ pod }) => pod);
      for (const pod of leaving) {
        const { name = '', namespace = '' } = pod.metadata ?? {};
        const word = flags.bool('disable-eviction') ? 'deleting' : 'evicting';
        out(
          dryRun === 'none'
            ? `${word} pod ${namespace}/${name}\n`
            : `${word} pod ${namespace}/${name} (${dryRun === 'client' ? 'dry run' : 'server dry run'})\n`,
        );
        if (dryRun !== 'client') yield* evict(invocation, pods, pod);
      }
      if (dryRun === 'none') {
        const end = session.process.kernel.now + (flags.duration('timeout') || WEEK);
        for (const pod of leaving) {
          const { name = '', namespace = '', uid } = pod.metadata ?? {};
          try {
            yield* watchUntil(
              session,
              { resource: pods, namespace, name },
              (seen) => !seen || seen.type === 'DELETED' || seen.object.metadata?.uid !== uid,
              end - session.process.kernel.now,
            );
          } catch (failure) {
            if (!(failure instanceof WaitTimeout)) throw failure;
            throw new CommandError(
              `error when waiting for pod ${JSON.stringify(name)} in namespace ${JSON.stringify(namespace)} to terminate: global timeout reached: ${flags.string('timeout')}`,
            );
          }
          out(`pod/${name} evicted\n`);
        }
      }
      out(
        `node/${target.name} drained${dryRun === 'none' ? '' : dryRun === 'client' ? ' (dry run)' : ' (server dry run)'}\n`,
      );
    }
    return 0;
  },
};

/** kubectl asks again while a disruption budget forbids it. */
function* evict(
  { session, flags, error }: Invocation,
  pods: Parameters<typeof pathOf>[0],
  pod: AnyObject,
): Routine<void> {
  const { name = '', namespace = '' } = pod.metadata ?? {};
  const grace = flags.number('grace-period');
  const deleteOptions = grace >= 0 ? { gracePeriodSeconds: grace } : {};
  for (;;) {
    try {
      if (flags.bool('disable-eviction')) {
        yield* session.json({
          method: 'DELETE',
          path: pathOf(pods, namespace, name),
          body: { kind: 'DeleteOptions', apiVersion: 'v1', ...deleteOptions },
        });
        return;
      }
      yield* session.json({
        method: 'POST',
        path: `${pathOf(pods, namespace, name)}/eviction`,
        body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace }, deleteOptions },
      });
      return;
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
      if (failure.reason === 'NotFound') return;
      if (failure.reason !== 'TooManyRequests')
        throw new CommandError(
          `error when evicting pods/${JSON.stringify(name)} -n ${JSON.stringify(namespace)}: ${plainMessage(failure)}`,
        );
      error(
        `error when evicting pods/${JSON.stringify(name)} -n ${JSON.stringify(namespace)} (will retry after 5s): ${plainMessage(failure)}\n`,
      );
      yield* sleep(session.process.kernel, RETRY);
    }
  }
}

function verdictOf(pod: AnyObject, { flags }: Invocation): Verdict {
  const { spec, status } = pod as unknown as PodShape;
  const owner = ((pod.metadata?.['ownerReferences'] ?? []) as readonly Owner[]).find(({ controller }) => controller);
  const annotations = pod.metadata?.annotations ?? {};
  if (annotations['kubernetes.io/config.mirror'] !== undefined) return { pod, isDeleted: false };
  const isOver = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  if (owner?.kind === 'DaemonSet' && !isOver) {
    if (flags.bool('ignore-daemonsets')) return { pod, isDeleted: false, warning: 'ignoring DaemonSet-managed Pods' };
    return {
      pod,
      isDeleted: false,
      problem: 'cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)',
    };
  }
  if (!isOver && spec.volumes?.some(({ emptyDir }) => emptyDir !== undefined) && !flags.bool('delete-emptydir-data'))
    return {
      pod,
      isDeleted: false,
      problem: 'cannot delete Pods with local storage (use --delete-emptydir-data to override)',
    };
  if (!owner && !isOver) {
    const words = 'Pods that declare no controller';
    if (!flags.bool('force'))
      return { pod, isDeleted: false, problem: `cannot delete ${words} (use --force to override)` };
    return { pod, isDeleted: true, warning: `deleting ${words}` };
  }
  return { pod, isDeleted: true };
}

function namesOf(verdicts: readonly Verdict[]): string {
  return verdicts.map(({ pod }) => `${pod.metadata?.namespace}/${pod.metadata?.name}`).join(', ');
}

function warningText(verdicts: readonly Verdict[]): string {
  const kinds = [...new Set(verdicts.map(({ warning }) => warning ?? ''))].sort();
  return kinds.map((kind) => `${kind}: ${namesOf(verdicts.filter(({ warning }) => warning === kind))}`).join('; ');
}

function grouped(verdicts: readonly Verdict[]): string {
  const kinds = [...new Set(verdicts.map(({ problem }) => problem ?? ''))].sort();
  const parts = kinds.map((kind) => `${kind}: ${namesOf(verdicts.filter(({ problem }) => problem === kind))}`);
  return parts.length === 1 ? (parts[0] ?? '') : `[${parts.join(', ')}]`;
}
