/** The kinds that are watched, by the names of their resources. */
export type Resource =
  | 'pods'
  | 'replicasets'
  | 'deployments'
  | 'jobs'
  | 'nodes'
  | 'endpointslices'
  | 'poddisruptionbudgets'
  | 'events';

/** An object as the API shows it: what is read of it here. */
export interface ApiObject {
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly generateName?: string;
    readonly uid?: string;
    readonly resourceVersion: string;
    readonly deletionTimestamp?: string;
    readonly ownerReferences?: readonly { readonly kind: string; readonly name: string; readonly uid: string }[];
  };
}

/** A version of an object, as a list or a watch showed it. */
export interface Version {
  readonly resource: Resource;
  readonly object: ApiObject;
  readonly isGone: boolean;
}

/** Its place among all versions of a cluster: etcd counts every write. */
export function revisionOf({ object }: Version): number {
  return Number(object.metadata.resourceVersion);
}
