import { parseTime } from '#kernel/calendar.ts';
import { type AnyKind, KINDS } from '../../api/kinds/kinds.ts';
import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Namespace } from '../../api/types/core.ts';
import { type Client, pathOf } from '../../client/client.ts';
import type { DeletionReport } from './deletion-conditions.ts';

/** What one pass over a namespace's content left. */
export interface Pass {
  readonly report: DeletionReport;
  /** Seconds until the rest may be gone; 0 when nothing is left. */
  readonly estimate: number;
}

/** How long those who must act first may take, in seconds. */
const FINALIZER_ESTIMATE = 15;

interface Left {
  readonly estimate: number;
  readonly objects: readonly KubeObject[];
  readonly error?: string;
}

/** Asks for the deletion of all that a namespace holds; Pods go first (namespacedResourcesDeleter.deleteAllContent). */
export function deleteContent(client: Client, { metadata }: Namespace, now: number): Pass {
  const namespace = metadata.name;
  const seconds = (now - parseTime(metadata.deletionTimestamp ?? '')) / 1000;
  const remaining = new Map<string, number>();
  const finalizers = new Map<string, number>();
  const errors: string[] = [];
  let estimate = 0;
  const pass = (kind: AnyKind): number => {
    const left = deleteKind(client, kind, namespace, seconds);
    if (left.error !== undefined) errors.push(left.error);
    estimate = Math.max(estimate, left.estimate);
    if (left.objects.length > 0 && left.error === undefined) {
      remaining.set(`${kind.plural}.${kind.group}`, left.objects.length);
      const names = left.objects.flatMap((object) => object.metadata.finalizers ?? []);
      for (const name of names) finalizers.set(name, (finalizers.get(name) ?? 0) + 1);
    }
    return left.objects.length;
  };
  const pods = pass(podKind);
  if (pods > 0) return { report: { remaining: undefined, finalizers, errors }, estimate };
  for (const kind of KINDS) if (kind.isNamespaced && kind !== podKind && kind.verbs.includes('delete')) pass(kind);
  return { report: { remaining, finalizers, errors }, estimate };
}

function deleteKind(client: Client, kind: AnyKind, namespace: string, seconds: number): Left {
  let estimate = 0;
  try {
    if (kind === podKind) estimate = graceOfPods(client, namespace, seconds);
    const body = { propagationPolicy: 'Background' };
    client.request({ method: 'DELETE', path: pathOf(kind, namespace), body });
    const objects = client.list<KubeObject>(kind, { namespace }).items;
    if (objects.length === 0) return { estimate: 0, objects };
    if (estimate > 0) return { estimate, objects };
    if (objects.some(({ metadata }) => metadata.finalizers?.length)) return { estimate: FINALIZER_ESTIMATE, objects };
    const resource = `${kind.group}/${kind.version}, Resource=${kind.plural}`;
    return {
      estimate,
      objects,
      error: `unexpected items still remain in namespace: ${namespace} for gvr: ${resource}`,
    };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { estimate, objects: [], error: error.message };
  }
}

/** The longest grace period of those that run; once it is over there is no more to wait for. */
function graceOfPods(client: Client, namespace: string, seconds: number): number {
  const running = client.list(podKind, { namespace }).items.filter(({ status: { phase } }) => {
    return phase !== 'Succeeded' && phase !== 'Failed';
  });
  const grace = Math.max(0, ...running.map(({ spec }) => spec.terminationGracePeriodSeconds ?? 0));
  return seconds >= grace ? 0 : grace;
}
