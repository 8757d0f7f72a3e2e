import { createHash } from 'node:crypto';
import type { ApiClient } from './api-client.ts';

/** What a page must leave as it was: a line for each object, with a hash where its content counts. */
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
    const content = whole ? ` ${hash({ spec, data, labels: kind === 'nodes' ? metadata.labels : undefined })}` : '';
    lines.push(`${kind} ${where}${metadata.name}${content}`);
  }
  return [...lines, ...[...counted].map(([key, count]) => `${key} x${count}`)];
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 12);
}

/** What is there and was not, and what was there and is not: a sentence each. A changed object is named once. */
export function compareSnapshots(before: Snapshot, after: Snapshot): string[] {
  const name = (line: string) => line.replace(/ (?:[\da-f]{12}|x\d+)$/, '');
  const gone = [...before].filter((line) => !after.has(line));
  const added = [...after].filter((line) => !before.has(line));
  const changed = added.map(name).filter((each) => gone.some((line) => name(line) === each));
  return [
    ...changed.map((each) => `${each} was changed`),
    ...added
      .map(name)
      .filter((each) => !changed.includes(each))
      .map((each) => `${each} was left behind`),
    ...gone
      .map(name)
      .filter((each) => !changed.includes(each))
      .map((each) => `${each} is gone`),
  ];
}
