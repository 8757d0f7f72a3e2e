import type { Command } from '../command/command.ts';
import { get } from './get.ts';

/** Every command of kubectl, in the order of its help. */
export const COMMANDS: readonly Command[] = [get];
