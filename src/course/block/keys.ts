import type { Problem } from '../problem.ts';
import { type CommandBlock, type Location, locations, type Match, matches, type Need } from './block.ts';
import type { MetaEntry } from './meta.ts';

type Keys = { -readonly [K in keyof Omit<CommandBlock, 'commands' | 'place'>]: CommandBlock[K] };

/** What a key's value was refused for, and the cure. */
type Refusal = { readonly message: string; readonly cure: string };
type Reader = (value: string | undefined, into: Partial<Keys> & { until?: string }) => Refusal | undefined;

const text =
  (set: (into: Partial<Keys> & { until?: string }, value: string) => void, example: string): Reader =>
  (value, into) => {
    if (value === undefined || value.trim() === '') return { message: 'has no value', cure: `Write ${example}` };
    set(into, value);
    return undefined;
  };

const flag =
  (set: (into: Partial<Keys>) => void, name: string): Reader =>
  (value, into) => {
    if (value !== undefined) return { message: 'takes no value', cure: `Write ${name} alone` };
    set(into);
    return undefined;
  };

const oneOf =
  <T extends string>(allowed: readonly T[], set: (into: Partial<Keys>, value: T) => void): Reader =>
  (value, into) => {
    const found = allowed.find((candidate) => candidate === value);
    if (found === undefined) {
      return { message: `is "${value ?? ''}"`, cure: `Use one of ${allowed.join(', ')}` };
    }
    set(into, found);
    return undefined;
  };

const duration =
  (set: (into: Partial<Keys>, milliseconds: number) => void): Reader =>
  (value, into) => {
    const match = /^(\d+)(s|m)$/.exec(value ?? '');
    const count = Number(match?.[1] ?? 0);
    if (!match || count === 0) return { message: `is "${value ?? ''}"`, cure: 'Write a time such as 30s or 2m' };
    set(into, count * (match[2] === 'm' ? 60_000 : 1_000));
    return undefined;
  };

const readNeeds: Reader = (value, into) => {
  const needs: Need[] = [];
  for (const part of (value ?? '').split(',').map((each) => each.trim())) {
    const cni = /^cni=([a-z]+)$/.exec(part);
    const version = /^k8s>=(\d+)\.(\d+)$/.exec(part);
    if (cni) needs.push({ property: 'cni', value: cni[1] ?? '' });
    else if (version) needs.push({ property: 'k8s', atLeast: [Number(version[1]), Number(version[2])] });
    else return { message: `does not know "${part}"`, cure: 'Write needs="cni=calico" or needs="k8s>=1.35"' };
  }
  into.needs = needs;
  return undefined;
};

/** The closed set of keys of a `console` fence, each with the reader of its value. */
const readers: Readonly<Record<string, Reader>> = {
  id: (value, into) => {
    if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(value ?? '')) {
      return {
        message: `is "${value ?? ''}"`,
        cure: 'Use lower case words joined by hyphens, such as id=apiserver-pod',
      };
    }
    into.id = value ?? '';
    return undefined;
  },
  on: oneOf<Location>(locations, (into, value) => {
    into.on = value;
  }),
  terminal: oneOf(['1', '2'], (into, value) => {
    into.terminal = value === '2' ? 2 : 1;
  }),
  timeout: duration((into, value) => {
    into.timeout = value;
  }),
  retry: duration((into, value) => {
    into.retry = value;
  }),
  exit: (value, into) => {
    const status = /^\d{1,3}$/.test(value ?? '') ? Number(value) : Number.NaN;
    if (value !== 'nonzero' && !(status <= 255)) {
      return { message: `is "${value ?? ''}"`, cure: 'Write exit=N with N from 0 to 255, or exit=nonzero' };
    }
    into.exit = value === 'nonzero' ? 'nonzero' : status;
    return undefined;
  },
  follow: flag((into) => {
    into.follow = { until: '' };
  }, 'follow'),
  until: text((into, value) => {
    into.until = value;
  }, "follow until='text that must be seen'"),
  match: oneOf<Match>(matches, (into, value) => {
    into.match = value;
  }),
  reason: text((into, value) => {
    into.reason = value;
  }, 'reason="why"'),
  cheat: text((into, value) => {
    into.cheat = value;
  }, 'cheat="caption"'),
  needs: readNeeds,
  skip: text((into, value) => {
    into.skip = value;
  }, 'skip="why"'),
  cleanup: flag((into) => {
    into.cleanup = true;
  }, 'cleanup'),
};

/** The names of all keys, for messages and for the documentation's own check. */
export const keyNames: readonly string[] = Object.keys(readers);

/** Reads a fence's keys; every problem is reported, and the keys that could be read are returned. */
export function readKeys(entries: readonly MetaEntry[]): {
  readonly keys: Partial<Keys>;
  readonly problems: readonly Problem[];
} {
  const keys: Partial<Keys> & { until?: string } = {};
  const problems: Problem[] = [];
  for (const { key, value, place } of entries) {
    const reader = Object.hasOwn(readers, key) ? readers[key] : undefined;
    if (!reader) {
      const near = keyNames.find((name) => name.startsWith(key.slice(0, 3)));
      const known = `The keys are ${keyNames.join(', ')}`;
      problems.push({
        message: `unknown key "${key}"`,
        cure: near === undefined ? known : `Did you mean "${near}"? ${known}`,
        place,
      });
      continue;
    }
    const refusal = reader(value, keys);
    if (refusal) problems.push({ message: `the key "${key}" ${refusal.message}`, cure: refusal.cure, place });
  }
  const { until, ...rest } = keys;
  const at = (key: string) => entries.find((entry) => entry.key === key)?.place;
  const followAt = at('follow');
  const untilAt = at('until');
  if (followAt && until === undefined) {
    problems.push({
      message: '"follow" has no "until"',
      cure: "Write follow until='text that must be seen'",
      place: followAt,
    });
  }
  if (untilAt && !followAt) {
    problems.push({ message: '"until" stands without "follow"', cure: 'Put follow before it', place: untilAt });
  }
  if (rest.follow && until !== undefined) rest.follow = { until };
  const matchAt = at('match');
  if (rest.match === 'none' && rest.reason === undefined && matchAt) {
    problems.push({
      message: 'match=none has no reason',
      cure: 'Say reason="…": readers see why the output is not compared',
      place: matchAt,
    });
  }
  const reasonAt = at('reason');
  if (reasonAt && rest.reason !== undefined && rest.match !== 'none') {
    problems.push({
      message: '"reason" explains match=none only',
      cure: 'Remove it, or set match=none',
      place: reasonAt,
    });
  }
  return { keys: rest, problems };
}
