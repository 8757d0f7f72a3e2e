import { nodePrograms, USERLAND, WORKSTATION_PROGRAMS } from '../../userland/programs.ts';

export const labUserland = USERLAND;
export const labPrograms = nodePrograms;
export const labWorkstation = WORKSTATION_PROGRAMS;
