import type { Routine } from '#kernel/coroutine.ts';
import { CommandError } from '../command/errors.ts';
import { pathOf, type Resource } from '../connection/discovery.ts';
import type { Session } from '../connection/session.ts';
import type { AnyObject } from './object.ts';

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

/** The Pods that an object stands for: itself, or those that its selector finds; the ones that are best to be asked first. @throws CommandError */
export function* podsOf(session: Session, resource: Resource, name: string): Routine<readonly AnyObject[]> {
  const object = yield* session.json<AnyObject>({ path: pathOf(resource, session.namespace, name) });
  if (resource.plural === 'pods') return [object];
  const { selector } = object['spec'] as { readonly selector?: Selector & Readonly<Record<string, string>> };
  const text =
    selector === undefined
      ? ''
      : selectorText(
          resource.plural === 'services' || resource.plural === 'replicationcontrollers'
            ? { matchLabels: selector }
            : selector,
        );
  if (text === '') throw new CommandError(`cannot get the logs from ${resource.kind}: selector is empty`);
  const pods = yield* session.discovery.find('pods');
  const { items } = yield* session.json<{ readonly items: readonly AnyObject[] }>({
    path: pathOf(pods, session.namespace),
    query: { labelSelector: text },
  });
  return items.toSorted((a, b) => rank(b) - rank(a));
}

/** Ready ones first (kubectl, podutils.ByLogging). */
function rank(pod: AnyObject): number {
  const { phase, conditions } = pod['status'] as {
    readonly phase?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
  const isReady = conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
  return (phase === 'Running' ? 2 : 0) + (isReady ? 1 : 0);
}

/** `app=web,tier in (a,b)` */
export function selectorText({ matchLabels = {}, matchExpressions = [] }: Selector): string {
  const labels = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  const expressions = matchExpressions.map(({ key, operator, values = [] }) => {
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`;
  });
  return [...labels, ...expressions].join(',');
}
