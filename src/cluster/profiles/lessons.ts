import type { ClusterProfile } from './profile.ts';

/** The lessons' cluster. */
export const LESSONS: ClusterProfile = {
  name: 'clusterbook',
  nodes: [
    { name: 'cp1', role: 'control-plane' },
    { name: 'w1', role: 'worker' },
    { name: 'w2', role: 'worker' },
  ],
  capacity: {
    cpu: '2',
    'ephemeral-storage': '61202244Ki',
    'hugepages-1Gi': '0',
    'hugepages-2Mi': '0',
    memory: '4025308Ki',
    pods: '110',
  },
};
