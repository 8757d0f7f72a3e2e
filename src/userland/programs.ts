import { machinesWith } from './machines.ts';
import { RARE_TOOLS } from './rare-tools.ts';

const machines = machinesWith(RARE_TOOLS);

/** The shells and tools that images have, by their names in /bin. */
export const USERLAND = machines.userland;
/** What a node has, by the paths of the executable files. */
export const nodePrograms = machines.nodePrograms;
/** What the machine with kubectl has. */
export const WORKSTATION_PROGRAMS = machines.workstationPrograms;
