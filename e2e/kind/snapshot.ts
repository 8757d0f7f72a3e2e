import { createHash } from 'node:crypto';
import type { ApiClient } from './api-client.ts';

/** What a page must leave as it was: a line for each object, and one with a hash for each part of it whose content counts. */
export type Snapshot = ReadonlySet<string>;

/**
 * Kinds that change by themselves: events and leases all the time, revisions with their workloads; signing requests and bootstrap
 * tokens expire; ComponentStatus is computed.
 */
const IGNORED = new Set([
  'events',
  'leases',
  'controllerrevisions',
  'certificatesigningrequests',
  'componentstatuses',
  'endpoints',
  'nodes.metrics.k8s.io',
  'pods.metrics.k8s.io',
]);
/** Kinds whose content counts, not only their names. */
const WHOLE = new Set(['nodes', 'configmaps', 'deployments', 'daemonsets', 'statefulsets']);

interface Listed {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly {
      readonly kind: string;
      readonly name: string;
      readonly controller?: boolean;
    }[];
  };
  readonly spec?: unknown;
  readonly data?: unknown;
}

/** Reads every listable kind of the API, names only where names suffice; about 60 requests, side by side. */
export async function takeSnapshot(api: ApiClient): Promise<Snapshot> {
  const kinds = (await api.kinds()).filter((kind) => !IGNORED.has(kind.resource) && !IGNORED.has(kind.key));
  const lines = await Promise.all(
    kinds.map(async (kind) => {
      const whole = WHOLE.has(kind.resource);
      const items = await api.list<Listed>(kind.path, whole ? 'whole' : 'names');
      return describe(kind.key, items, whole);
    }),
  );
  return new Set(lines.flat());
}

function describe(kind: string, items: readonly Listed[], whole: boolean): string[] {
  const counted = new Map<string, number>();
  const lines: string[] = [];
  for (const { metadata, spec, data } of items) {
    const where = metadata.namespace === undefined ? '' : `${metadata.namespace}/`;
    const owner = metadata.ownerReferences?.find((each) => each.controller);
    if (kind === 'pods' && owner && owner.kind !== 'Node') {
      // A Pod that its controller made anew is the same to a reader; its name is not.
      const key = `pods ${where} of ${owner.kind} ${owner.name}`;
      counted.set(key, (counted.get(key) ?? 0) + 1);
      continue;
    }
    if (kind === 'secrets' && metadata.name.startsWith('bootstrap-token-')) continue;
    const object = `${kind} ${where}${metadata.name}`;
    lines.push(object);
    if (whole) lines.push(...partsOf({ spec, data, ...(kind === 'nodes' && { labels: metadata.labels }) }, object));
  }
  return [...lines, ...[...counted].map(([key, count]) => `${key} x${count}`)];
}

/** `nodes w1: spec.taints 0123456789ab`, for each member. */
function partsOf(content: Readonly<Record<string, unknown>>, object: string): string[] {
  return Object.entries(content).flatMap(([name, members]) =>
    Object.entries(members ?? {}).map(([member, value]) => `${object}: ${name}.${member} ${hash(value)}`),
  );
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 12);
}

/** What is there and was not, and what was there and is not: a sentence each. A changed object is named once. */
export function compareSnapshots(before: Snapshot, after: Snapshot): string[] {
  const name = (line: string) => line.replace(/ (?:[\da-f]{12}|x\d+)$/, '');
  const gone = [...before].filter((line) => !after.has(line)).map(name);
  const added = [...after].filter((line) => !before.has(line)).map(name);
  // The parts of an object that came or went say nothing more.
  const isPartOf = (line: string, lines: readonly string[]) => lines.some((object) => line.startsWith(`${object}: `));
  return [
    ...added.filter((line) => gone.includes(line)).map((line) => `${line} was changed`),
    ...added.filter((line) => !gone.includes(line) && !isPartOf(line, added)).map((line) => `${line} was left behind`),
    ...gone.filter((line) => !added.includes(line) && !isPartOf(line, gone)).map((line) => `${line} is gone`),
  ];
}
