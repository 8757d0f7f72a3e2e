import { CALICO_NETWORK } from './calico/calico-network.ts';
import { type ClusterProfile, LESSONS } from './cluster.ts';

/** The lessons' cluster with Calico in place of kindnet. */
export const CALICO: ClusterProfile = { ...LESSONS, network: CALICO_NETWORK };
