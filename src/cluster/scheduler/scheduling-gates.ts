import type { Pod } from '../api/types/pod.ts';
import { ofItself, type Rejector } from './framework.ts';

/** Gates hold a Pod back until the last one is gone (pkg/scheduler/framework/plugins/schedulinggates). */
export const schedulingGates: Rejector & {
  /** Why a Pod must not be tried; undefined when it may. */
  gate(pod: Pod): string | undefined;
} = {
  name: 'SchedulingGates',
  helpedBy: { Pod: { UpdatePodSchedulingGatesEliminated: ofItself } },
  gate: ({ spec: { schedulingGates: gates = [] } }) =>
    gates.length === 0 ? undefined : `waiting for scheduling gates: [${gates.map(({ name }) => name).join(' ')}]`,
};
