import { LESSONS } from './lessons.ts';
import type { ClusterProfile } from './profile.ts';

const WIDE_WORKERS = 10;

/** Room for 1,000 Pods: ten larger workers, each with as many Pods as a node has by default. */
export const WIDE: ClusterProfile = {
  name: 'clusterbook-wide',
  nodes: [
    { name: 'cp1', role: 'control-plane' },
    ...Array.from({ length: WIDE_WORKERS }, (_, index) => ({ name: `w${index + 1}`, role: 'worker' as const })),
  ],
  capacity: { ...LESSONS.capacity, cpu: '16', memory: '65537232Ki' },
};
