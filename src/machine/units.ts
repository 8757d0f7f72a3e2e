import type { Routine } from '#kernel/coroutine.ts';
import type { Signal } from './program.ts';

/** What systemd refuses to do, in its words: `Unit nosuch.service not found.` */
export class UnitError extends Error {
  override readonly name = 'UnitError';
}

/** How a process of a service ended, as `systemctl status` shows it. */
export interface UnitExit {
  readonly pid: number;
  readonly command: string;
  readonly code: 'exited' | 'killed';
  /** The exit status, or the number of the signal. */
  readonly status: number;
  /** `SUCCESS`, `FAILURE`, `KILL` */
  readonly name: string;
}

/** A unit and its state (systemd.unit(5), org.freedesktop.systemd1). Times are milliseconds since the epoch. */
export interface UnitStatus {
  /** `kubelet.service` */
  readonly name: string;
  readonly description: string;
  readonly documentation: readonly string[];
  readonly fragmentPath: string;
  /** Files that change the unit, in the order of their names. */
  readonly dropIns: readonly string[];
  readonly fileState: 'enabled' | 'disabled' | 'static';
  readonly activeState: 'active' | 'activating' | 'deactivating' | 'inactive' | 'failed';
  readonly subState: 'running' | 'dead' | 'auto-restart' | 'failed' | 'stop-sigterm' | 'start';
  readonly result: 'success' | 'exit-code' | 'signal';
  /** Since when the state is as it is; missing when the unit was never started. */
  readonly since?: number;
  /** How long it ran before it ended, in milliseconds. */
  readonly duration?: number;
  readonly main?: { readonly pid: number; readonly name: string };
  readonly lastExit?: UnitExit;
  /** A condition that was not met when it was started last. */
  readonly failedCondition?: { readonly text: string; readonly at: number };
  /** How often systemd started it again by itself. */
  readonly restarts: number;
  /** `/system.slice/containerd.service` */
  readonly controlGroup: string;
  /** What runs in its control group, in the order of their numbers. */
  readonly processes: readonly { readonly pid: number; readonly command: string }[];
}

/** systemd of a machine, as systemctl asks it. Names may come without `.service`. All of it throws UnitError for a unit that is not there. */
export interface Units {
  /** All that are loaded, by name. */
  list(): readonly UnitStatus[];
  status(name: string): UnitStatus;
  /** Waits until it runs; nothing happens to what runs already. */
  start(name: string): Routine<void>;
  /** Waits until it has ended. */
  stop(name: string): Routine<void>;
  restart(name: string): Routine<void>;
  kill(name: string, signal: Signal): void;
  /** What systemctl prints about it: a line for each link that it makes; none when there is one already. */
  enable(name: string): readonly string[];
  disable(name: string): readonly string[];
  /** Reads the files of all units again. */
  reload(): void;
}
