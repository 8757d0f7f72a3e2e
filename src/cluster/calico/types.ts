import type { Condition, KubeObject } from '../api/object.ts';

/** An object of one of Calico's kinds: what is in its spec is checked only where it is read. */
export interface CalicoObject<Spec = unknown> extends KubeObject {
  readonly spec: Spec;
}

export interface IPPoolSpec {
  readonly cidr: string;
  readonly blockSize?: number;
  readonly disabled?: boolean;
  readonly natOutgoing?: boolean;
  readonly nodeSelector?: string;
  readonly namespaceSelector?: string;
  readonly assignmentMode?: string;
  readonly allowedUses?: readonly string[];
  readonly vxlanMode?: string;
  readonly ipipMode?: string;
}

export interface BlockAffinitySpec {
  readonly cidr: string;
  /** A boolean as text. */
  readonly deleted: string;
  readonly node: string;
  readonly state: 'pending' | 'confirmed';
  readonly type: 'host';
}

export interface IPAMBlockSpec {
  readonly cidr: string;
  /** `host:w1` */
  readonly affinity: string;
  /** For each address its place in `attributes`; null while it is free. */
  readonly allocations: readonly (number | null)[];
  /** Numbers of free addresses, in the order in which they are given out. */
  readonly unallocated: readonly number[];
  readonly attributes: readonly AllocationAttribute[];
  readonly deleted: boolean;
  readonly sequenceNumber: number;
  readonly sequenceNumberForAllocation: Readonly<Record<string, number>>;
  readonly strictAffinity: boolean;
}

export interface AllocationAttribute {
  readonly handle_id: string;
  readonly secondary: Readonly<Record<string, string>>;
}

export interface IPAMHandleSpec {
  readonly handleID: string;
  /** How many addresses of which block. */
  readonly block: Readonly<Record<string, number>>;
  readonly deleted: boolean;
}

export interface InstallationSpec {
  readonly variant?: string;
  readonly calicoNetwork?: {
    readonly ipPools?: readonly {
      readonly name?: string;
      readonly cidr: string;
      readonly blockSize?: number;
      readonly encapsulation?: string;
      readonly natOutgoing?: string;
      readonly nodeSelector?: string;
    }[];
  };
}

export interface TigeraStatus extends KubeObject {
  readonly spec?: object;
  readonly status?: { readonly conditions?: readonly Condition[] };
}
