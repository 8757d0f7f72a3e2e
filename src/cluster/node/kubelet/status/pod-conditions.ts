import { timestamp } from '#kernel/calendar.ts';
import { isEqual } from '../../../api/json.ts';
import type { Condition } from '../../../api/object.ts';
import type { Container, ContainerStatus, Pod, PodPhase, PodStatus } from '../../../api/types/pod.ts';
import { isSidecar } from '../runtime/runtime-pod.ts';

type Draft = Omit<Condition, 'lastTransitionTime'>;
/** Why a condition does not hold; undefined when it does. */
type Verdict = { readonly reason: string; readonly message?: string } | undefined;

export interface ConditionFacts {
  readonly pod: Pod;
  readonly init: readonly ContainerStatus[];
  readonly main: readonly ContainerStatus[];
  readonly phase: PodPhase;
  readonly hasSandbox: boolean;
}

/** The conditions that the kubelet sets, in its order, behind those that others set (pkg/kubelet/status/generate.go). */
export function conditionsOf(facts: ConditionFacts, before: PodStatus, now: number): readonly Condition[] {
  const { pod, hasSandbox } = facts;
  const ready = containersReady(facts);
  const initialized = initializedOf(facts);
  const drafts = [
    draft(pod, 'PodReadyToStartContainers', hasSandbox ? undefined : { reason: '' }),
    {
      ...draft(pod, 'Initialized', initialized),
      ...(facts.phase === 'Succeeded' && !initialized && { reason: 'PodCompleted' }),
    },
    draft(pod, 'Ready', ready ?? gatesOf(pod)),
    draft(pod, 'ContainersReady', ready),
    draft(pod, 'PodScheduled', undefined),
  ];
  const own = new Set(drafts.map(({ type }) => type));
  const others = (pod.status.conditions ?? []).filter(({ type }) => !own.has(type));
  return [...others, ...drafts.map((each) => withTransition(each, before, now))];
}

function draft(pod: Pod, type: string, verdict: Verdict): Draft {
  const { reason = '', message = '' } = verdict ?? {};
  return {
    type,
    ...(pod.metadata.generation && { observedGeneration: pod.metadata.generation }),
    status: verdict ? 'False' : 'True',
    lastProbeTime: null,
    ...(reason !== '' && { reason }),
    ...(message !== '' && { message }),
  };
}

function containersReady({ pod, init, main, phase }: ConditionFacts): Verdict {
  if (phase === 'Succeeded') return { reason: 'PodCompleted' };
  if (phase === 'Failed') return { reason: 'PodFailed' };
  const wanted = [...(pod.spec.initContainers ?? []).filter(isSidecar), ...pod.spec.containers];
  const unready = wanted.filter(({ name }) => ![...init, ...main].find((status) => status.name === name)?.ready);
  if (unready.length === 0) return undefined;
  return { reason: 'ContainersNotReady', message: `containers with unready status: ${names(unready)}` };
}

function gatesOf({ spec, status }: Pod): Verdict {
  const missing = (spec.readinessGates ?? []).flatMap(({ conditionType }) => {
    const found = status.conditions?.find(({ type }) => type === conditionType);
    const name = JSON.stringify(conditionType);
    if (!found) return [`corresponding condition of pod readiness gate ${name} does not exist.`];
    return found.status === 'True'
      ? []
      : [`the status of pod readiness gate ${name} is not "True", but ${found.status}`];
  });
  return missing.length === 0 ? undefined : { reason: 'ReadinessGatesNotReady', message: missing.join(', ') };
}

function initializedOf({ pod, init, main, phase }: ConditionFacts): Verdict {
  if (phase === 'Succeeded') return undefined;
  const hasStarted = main.some(({ state }) => state?.running ?? state?.terminated);
  if (hasStarted) return undefined;
  const incomplete = (pod.spec.initContainers ?? []).filter((container) => {
    const status = init.find(({ name }) => name === container.name);
    return !(isSidecar(container) ? status?.started : status?.ready);
  });
  if (incomplete.length === 0) return undefined;
  return { reason: 'ContainersNotInitialized', message: `containers with incomplete status: ${names(incomplete)}` };
}

/** `[a b]`, as Go prints a list. */
function names(containers: readonly Container[]): string {
  return `[${containers.map(({ name }) => name).join(' ')}]`;
}

/** pkg/kubelet/status/status_manager.updateLastTransitionTime */
function withTransition(condition: Draft, { conditions = [] }: PodStatus, now: number): Condition {
  const before = conditions.find(({ type }) => type === condition.type);
  const isSame = before?.status === condition.status && before.lastTransitionTime;
  const next = { ...condition, lastTransitionTime: isSame ? before.lastTransitionTime : timestamp(now) };
  // All revisions of a Pod share what did not change.
  return isSame && isEqual(next, before) ? before : next;
}
