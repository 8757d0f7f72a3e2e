import { NODE_PROGRAMS, USERLAND } from '../../userland/programs.ts';

export const labUserland = USERLAND;
export const labPrograms = () => NODE_PROGRAMS;
