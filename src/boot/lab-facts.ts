import type { Command } from '../tools/kubectl/command/command.ts';
import { COMMANDS } from '../tools/kubectl/commands/registry.ts';
import { NODE_TOOLS } from '../userland/node-tools.ts';
import { WORKSTATION_PROGRAMS } from '../userland/programs.ts';

/** Something that a real cluster or tool does, and that here says that it does not. */
export interface Missing {
  /** `kubectl port-forward`, `kubectl apply --server-side` */
  readonly what: string;
  /** Undefined where the name says it all. */
  readonly why: string | undefined;
}

/** What the lab has and has not, out of its own code: nobody writes it twice. */
export interface LabFacts {
  /** Names of programs on every machine, and of those that nodes have beside. */
  readonly everywhere: readonly string[];
  readonly onNodes: readonly string[];
  readonly missing: readonly Missing[];
}

export function labFacts(): LabFacts {
  const everywhere = Object.keys(WORKSTATION_PROGRAMS).map((path) => path.slice(path.lastIndexOf('/') + 1));
  return {
    everywhere: everywhere.toSorted(),
    onNodes: NODE_TOOLS.filter((name) => !everywhere.includes(name)).toSorted(),
    missing: COMMANDS.flatMap((command) => missingOf(command, 'kubectl')),
  };
}

function missingOf({ name, missing, flags = [], subcommands = [] }: Command, parent: string): readonly Missing[] {
  const path = `${parent} ${name}`;
  if (missing !== undefined) return [{ what: path, why: missing }];
  return [
    ...flags
      .filter((flag) => flag.missing !== undefined)
      .map((flag) => ({ what: `${path} --${flag.name}`, why: flag.missing || undefined })),
    ...subcommands.flatMap((command) => missingOf(command, path)),
  ];
}
