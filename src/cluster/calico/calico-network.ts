import type { PodNetwork } from '../profiles/pod-network.ts';
import { calicoPlugin } from './cni-plugin.ts';
import { CALICO_IMAGES } from './images.ts';
import { CALICO_KINDS } from './kinds.ts';
import { operatorManifest } from './operator-manifest.ts';

/** Calico as its operator installs it. */
export const CALICO_NETWORK: PodNetwork = {
  name: 'calico',
  images: CALICO_IMAGES,
  kinds: CALICO_KINDS,
  cniPlugins: (machine) => ({ calico: calicoPlugin(machine) }),
  manifest: operatorManifest,
};
