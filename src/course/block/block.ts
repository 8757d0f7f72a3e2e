import type { Place } from '../problem.ts';

/** Where a command is typed: the machine with kubectl, or a node of the cluster that the pages are written for. */
export type Location = 'host' | 'cp1' | 'w1' | 'w2';
export const locations = ['host', 'cp1', 'w1', 'w2'] as const satisfies readonly Location[];

/** How the output is compared with what the page shows; the modes are explained in AUTHORING.md. */
export type Match = 'lines' | 'table' | 'contains' | 'none';
export const matches = ['lines', 'table', 'contains', 'none'] as const satisfies readonly Match[];

/** A property of the cluster without which a block is not applicable. */
export type Need =
  | { readonly property: 'cni'; readonly value: string }
  | { readonly property: 'k8s'; readonly atLeast: readonly [major: number, minor: number] };

/** One command of a block: what Copy yields, and the lines that a terminal shows after it. */
export interface Command {
  /** `<block id>-<n>`, n from 1: the command's address in its page. */
  readonly id: string;
  /** The command without prompt and without a newline at its end; may span lines. */
  readonly text: string;
  /** Expected output, one entry a line, `\$ ` already unescaped. Empty when nothing is printed or nothing was recorded. */
  readonly output: readonly string[];
  readonly place: Place;
}

/** A `console` fence: the single source of the page, the Copy and Run buttons, the sheets, the search records and the runners. */
export interface CommandBlock {
  readonly id: string;
  readonly on: Location;
  /** Sessions last for the page; the same number on the same location is the same shell. */
  readonly terminal: 1 | 2;
  /** Milliseconds that one command may take. */
  readonly timeout: number;
  /** Milliseconds during which a read-only command is tried again; undefined: once. */
  readonly retry: number | undefined;
  readonly exit: number | 'nonzero';
  /** Set for a command that does not end: the text that must have been seen before it is interrupted. */
  readonly follow: { readonly until: string } | undefined;
  readonly match: Match;
  readonly reason: string | undefined;
  /** The caption on the cheat sheet. */
  readonly cheat: string | undefined;
  readonly needs: readonly Need[];
  /** Why the block is never run. */
  readonly skip: string | undefined;
  readonly cleanup: boolean;
  readonly commands: readonly Command[];
  readonly place: Place;
}

/** Text that a person types or sees by hand, never run and never compared. */
export interface Sample {
  readonly reason: string;
  readonly text: string;
  readonly place: Place;
}

/** True for a block that waits for a cluster that it needs: it shows no output and says so. */
export function isUnrecorded(block: CommandBlock): boolean {
  return block.needs.length > 0 && block.commands.every((command) => command.output.length === 0);
}

/** `cni=calico` as a reader says it. */
export function describeNeed(need: Need): string {
  if (need.property === 'cni') return `clusters with ${need.value.charAt(0).toUpperCase()}${need.value.slice(1)}`;
  return `Kubernetes ${need.atLeast.join('.')} or newer`;
}
