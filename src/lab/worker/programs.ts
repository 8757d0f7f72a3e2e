import { NODE_PROGRAMS, USERLAND, WORKSTATION_PROGRAMS } from '../../userland/programs.ts';

export const labUserland = USERLAND;
export const labPrograms = () => NODE_PROGRAMS;
export const labWorkstation = WORKSTATION_PROGRAMS;
