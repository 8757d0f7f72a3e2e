import { join } from 'node:path';
import type { NodeNames } from '#course/node-names.ts';

/** What the command hands to the browser tests, as JSON in the environment. */
export interface Plan {
  /** Addresses of lessons, in order. */
  readonly pages: readonly string[];
  /** True when a person named the pages: one that needs a cluster of its own then runs on an existing one too. */
  readonly named: boolean;
  /** True for a run of everything: the runner's own tests on a cluster belong to it. */
  readonly provesRunner: boolean;
  readonly runId: string;
  readonly update: boolean;
  readonly keep: boolean;
  /** Where each page's result goes, as JSON. */
  readonly results: string;
  readonly cluster:
    | { readonly kind: string; readonly cni?: 'calico' | undefined }
    | { readonly kubeconfig: string; readonly nodeShell: string; readonly names: NodeNames };
}

export const PLAN = 'CLUSTERBOOK_PLAN';

/** @throws Error when the tests are started by themselves */
export function readPlan(): Plan {
  const text = process.env[PLAN];
  if (text === undefined) throw new Error('These tests need a cluster: start them with npm run e2e:kind.');
  return JSON.parse(text) as Plan;
}

/** The cluster of a page that asks for one of its own, beside the shared one. */
export function ownClusterName(shared: string): string {
  return `${shared}-own`;
}

/** Left by the page that found the cluster gone. A file: after a failed test Playwright goes on in a new process. */
export function goneFile({ results }: Plan): string {
  return join(results, 'cluster-gone');
}

/** The file of a page's result: `cluster-architecture.etcd.json`. */
export function resultFile(url: string): string {
  return `${url.replaceAll(/^\/|\/$/g, '').replaceAll('/', '.')}.json`;
}
