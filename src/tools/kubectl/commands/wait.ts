import type { Routine } from '#kernel/coroutine.ts';
import { ApiError } from '../../../cluster/api/status.ts';
import type { Command } from '../command/command.ts';
import { CommandError, Failures } from '../command/errors.ts';
import { flag } from '../command/flags.ts';
import { FILE_FLAGS, OUTPUT_FLAGS, SELECTOR_FLAGS } from '../command/shared-flags.ts';
import { objectName, pathOf } from '../connection/discovery.ts';
import { shown, walk } from '../json-path/evaluate.ts';
import { parsePath } from '../json-path/parse.ts';
import { relaxed } from '../printers/custom-columns.ts';
import { selections } from '../resources/builder.ts';
import type { AnyObject } from '../resources/object.ts';
import { type Target, targetsOf } from '../resources/visit.ts';
import { type Seen, WaitTimeout, watchUntil } from '../resources/watch-until.ts';

/** What is waited for, of one object. */
interface Wish {
  readonly holds: (seen: Seen | undefined) => boolean;
  /** It is awaited even while there is no such object. */
  readonly forCreation?: boolean;
  readonly forDeletion?: boolean;
}

const WEEK = 168 * 3_600_000;

export const waitCommand: Command = {
  name: 'wait',
  summary: 'Wait until something holds of resources',
  usage:
    '(TYPE NAME | TYPE/NAME | -l SELECTOR) --for=(condition=NAME[=VALUE] | delete | create | jsonpath=PATH[=VALUE])',
  flags: [
    ...FILE_FLAGS,
    ...OUTPUT_FLAGS,
    ...SELECTOR_FLAGS,
    flag('for', 'array'),
    flag('timeout', 'duration', { default: '30s' }),
    flag('all', 'bool'),
    flag('all-namespaces', 'bool', { short: 'A' }),
    flag('local', 'bool', { missing: '' }),
  ],
  *run({ session, args, flags, out }) {
    const conditions = flags.list('for');
    const [condition] = conditions;
    if (condition === undefined) throw new CommandError('required flag(s) "for" not set', {});
    const wish = wishOf(condition);
    const wanted = yield* selections(session, args, flags);
    const { kernel } = session.process;
    const timeout = flags.duration('timeout');
    const end = kernel.now + (timeout < 0 ? WEEK : timeout);
    const errors: unknown[] = [];
    let targets = yield* targetsOf(session, wanted, flags);
    if (wish.forCreation && targets.length === 0) targets = [];
    if (targets.length === 0) {
      if (wish.forDeletion) return 0;
      throw new CommandError('no matching resources found');
    }
    for (const target of targets) {
      try {
        if (wish.forDeletion && (yield* isGone(target))) continue;
        yield* waitFor(target);
        out(`${objectName({ ...target.resource, singular: '' }, target.name)} condition met\n`);
      } catch (error) {
        if (error instanceof WaitTimeout)
          errors.push(
            new CommandError(`timed out waiting for the condition on ${target.resource.plural}/${target.name}`),
          );
        else if (error instanceof ApiError) errors.push(error);
        else throw error;
      }
    }
    if (errors.length > 0) throw Failures.of(errors);
    return 0;

    /** Of what was never there nothing is said. */
    function* isGone({ resource, namespace, name, object }: Target): Routine<boolean> {
      if (object) return false;
      try {
        yield* session.json<AnyObject>({ path: pathOf(resource, namespace, name) });
        return false;
      } catch (error) {
        if (error instanceof ApiError && error.reason === 'NotFound') return true;
        throw error;
      }
    }

    function* waitFor(target: Target) {
      if (!wish.forCreation && !wish.forDeletion) {
        // What is not there at the beginning is no object to be waited for.
        yield* session.json<AnyObject>({ path: pathOf(target.resource, target.namespace, target.name) });
      }
      return yield* watchUntil(session, target, wish.holds, Math.max(0, end - kernel.now));
    }
  },
};

/** @throws CommandError */
function wishOf(text: string): Wish {
  const lower = text.toLowerCase();
  if (lower === 'delete') return { forDeletion: true, holds: (seen) => seen === undefined || seen.type === 'DELETED' };
  if (lower === 'create') return { forCreation: true, holds: (seen) => seen !== undefined && seen.type !== 'DELETED' };
  if (lower.startsWith('condition=')) {
    const [name = '', value = 'true'] = text.slice('condition='.length).split('=');
    return { holds: (seen) => seen !== undefined && hasCondition(seen.object, name, value) };
  }
  if (lower.startsWith('jsonpath=')) {
    const rest = text.slice('jsonpath='.length).replaceAll("'", '');
    const { path = '', value } = /^(?<path>\{.*?\}|[^=]*)(?:=(?<value>.*))?$/s.exec(rest)?.groups ?? {};
    if (path === '' || value === '')
      throw new CommandError(
        "jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or --for=jsonpath='{.status.readyReplicas}'",
      );
    const steps = parsePath(relaxed(path));
    return {
      holds: (seen) => {
        if (!seen) return false;
        const found = walk(steps, [seen.object], seen.object, { allowsMissing: true });
        return value === undefined ? found.length > 0 : found.some((each) => shown(each) === value.trim());
      },
    };
  }
  throw new CommandError(`unrecognized condition: ${JSON.stringify(text)}`);
}

interface Status {
  readonly observedGeneration?: number;
  readonly conditions?: readonly {
    readonly type: string;
    readonly status: string;
    readonly observedGeneration?: number;
  }[];
}

/** A condition of an older generation does not count. */
function hasCondition(object: AnyObject, name: string, value: string): boolean {
  const status = (object['status'] ?? {}) as Status;
  const generation = Number(object.metadata?.['generation'] ?? 0);
  return (status.conditions ?? []).some((condition) => {
    if (condition.type.toLowerCase() !== name.toLowerCase()) return false;
    const seen = condition.observedGeneration ?? status.observedGeneration;
    if (seen !== undefined && generation > seen) return false;
    return condition.status.toLowerCase() === value.toLowerCase();
  });
}
