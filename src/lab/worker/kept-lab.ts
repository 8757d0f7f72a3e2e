import { createStore, get, set } from 'idb-keyval';
import type { NodeNames } from '#course/node-names.ts';
import type { ClusterState } from '../../cluster/cluster.ts';

/** Grows when what is kept gets another shape: an older one is refused, not misread. */
const FORMAT = 'clusterbook lab 1';
const KEY = 'lab';

/** A lab as it is kept: in the browser, and in files. */
export interface KeptLab {
  readonly format: string;
  readonly names: NodeNames;
  readonly cluster: ClusterState;
}

/** What is there is no lab, or none that this version reads. The message is one sentence. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

export function keptLab(names: NodeNames, cluster: ClusterState): KeptLab {
  return { format: FORMAT, names, cluster };
}

/** @throws Unreadable */
function acceptLab(value: unknown): KeptLab {
  const kept = value as Partial<KeptLab> | null | undefined;
  if (typeof kept !== 'object' || kept === null || typeof kept.format !== 'string')
    throw new Unreadable('It holds no lab of Clusterbook.');
  if (kept.format !== FORMAT) throw new Unreadable(`It is of another version of the site (${kept.format}).`);
  const { names, cluster } = kept;
  if (!names || !cluster?.profile || !Array.isArray(cluster.nodes) || !Array.isArray(cluster.etcd))
    throw new Unreadable('It is damaged.');
  return { format: FORMAT, names, cluster };
}

/** @throws Unreadable */
export function parseLab(text: string): KeptLab {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Unreadable('It is no JSON, so it holds no lab of Clusterbook.');
  }
  return acceptLab(value);
}

/** The browser's own database. Every method throws what the browser says: forbidden, full, gone. */
export class LabStore {
  readonly #store = createStore('clusterbook', 'lab');

  /** Undefined when nothing is kept. @throws Unreadable; Error of the browser */
  async read(): Promise<KeptLab | undefined> {
    const value: unknown = await get(KEY, this.#store);
    return value === undefined ? undefined : acceptLab(value);
  }

  async write(lab: KeptLab): Promise<void> {
    await set(KEY, lab, this.#store);
  }
}
