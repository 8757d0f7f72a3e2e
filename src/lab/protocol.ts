import type { NodeNames } from '#course/node-names.ts';

/** Where a terminal can be opened, by the lessons' names: the worker knows what the reader's own are. */
export type Place = 'host' | 'cp1' | 'w1' | 'w2';

/** `host`, `host:2`: a place and the number of the terminal there, from 1. */
export type TerminalId = string;

/** Characters and lines of a terminal. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** How time passes in the cluster: simulated seconds to one of real time; 0 while it is paused. */
export type Speed = number;

/** What the cluster is like at a glance. */
export interface Overview {
  /** Simulated time, in milliseconds since the epoch. */
  readonly now: number;
  /** False while nobody answers at the API server: the rest is what was last known. */
  readonly answers: boolean;
  readonly nodes: readonly NodeOverview[];
  /** Of the control plane, in the order of a request's way. */
  readonly components: readonly ComponentOverview[];
}

export interface NodeOverview {
  readonly name: string;
  readonly state: 'Ready' | 'NotReady' | 'Unknown';
  /** `kubectl cordon` was here. */
  readonly isCordoned: boolean;
  /** Pods bound to it that have not ended, and how many of them are ready. */
  readonly pods: number;
  readonly ready: number;
}

export interface ComponentOverview {
  /** `kube-apiserver` */
  readonly name: string;
  /** What its container does, as the runtime of the control plane knows it. */
  readonly state: 'running' | 'exited' | 'missing';
}

/** How a lab begins. */
export interface Beginning {
  readonly names: NodeNames;
  /** `kept`: as it was left, where that can be read; `clean`: a new cluster, and what was kept is replaced. */
  readonly from: 'kept' | 'clean';
  readonly speed: Speed;
  /** False in a tab that is not to write what is kept. */
  readonly keeps: boolean;
}

/** What the page asks of the worker. */
export type Request =
  | { readonly type: 'begin'; readonly beginning: Beginning }
  | { readonly type: 'open'; readonly terminal: TerminalId; readonly place: Place; readonly size: Size }
  | { readonly type: 'type'; readonly terminal: TerminalId; readonly text: string }
  | { readonly type: 'resize'; readonly terminal: TerminalId; readonly size: Size }
  /** So many characters of a terminal's output were shown: more may come. */
  | { readonly type: 'shown'; readonly terminal: TerminalId; readonly count: number }
  | { readonly type: 'close'; readonly terminal: TerminalId }
  | { readonly type: 'speed'; readonly speed: Speed }
  /** Write what is to be kept now. */
  | { readonly type: 'keep' }
  /** The lab as the text of a file; answered by `exported`. */
  | { readonly type: 'export' }
  /** Go on from such a file; answered by `begun`, or `refused`. */
  | { readonly type: 'import'; readonly text: string }
  | { readonly type: 'ping' };

/** What the worker says. */
export type Report =
  | {
      readonly type: 'begun';
      readonly how: 'new' | 'resumed';
      readonly names: NodeNames;
      /** `v1.36.4` */
      readonly kubernetes: string;
    }
  /** What was kept cannot be read: a clean start is the way on; nothing was overwritten. */
  | { readonly type: 'unreadable'; readonly why: string }
  | { readonly type: 'output'; readonly terminal: TerminalId; readonly text: string }
  /** The shell of a terminal ended. */
  | { readonly type: 'ended'; readonly terminal: TerminalId; readonly status: number }
  | { readonly type: 'overview'; readonly overview: Overview }
  | { readonly type: 'kept'; readonly at: number }
  | { readonly type: 'notKept'; readonly why: string }
  | { readonly type: 'exported'; readonly text: string }
  | { readonly type: 'refused'; readonly why: string }
  | { readonly type: 'pong' };
