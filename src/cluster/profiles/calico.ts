import { CALICO_NETWORK } from '../calico/calico-network.ts';
import { LESSONS } from './lessons.ts';
import type { ClusterProfile } from './profile.ts';

/** The lessons' cluster with Calico in place of kindnet. */
export const CALICO: ClusterProfile = { ...LESSONS, network: CALICO_NETWORK };
