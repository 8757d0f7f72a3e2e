import type { AnyKind } from '../api/kinds/kinds.ts';
import type { Addon } from '../kubeadm/addons.ts';
import type { CatalogImage } from '../node/containerd/catalog.ts';
import type { ClusterNodeOptions } from '../node/node.ts';

/** A network of Pods in place of kindnet: what an administrator installs into a cluster that was made without one. */
export interface PodNetwork {
  readonly name: string;
  /** What registries have of it. */
  readonly images: readonly CatalogImage[];
  /** What its CustomResourceDefinitions define. */
  readonly kinds: readonly AnyKind[];
  readonly cniPlugins: NonNullable<ClusterNodeOptions['cniPlugins']>;
  /** What is applied once all nodes are there. */
  readonly manifest: (podCidr: string) => readonly Addon[];
}
