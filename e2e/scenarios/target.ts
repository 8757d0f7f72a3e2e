/** A cluster that scenarios run on. */
export interface Target {
  /** How kubectl and the watches reach it. */
  readonly kubeconfig: string;
  /** Runs a script in bash on a node, as root. */
  onNode(node: string, script: string): Promise<{ readonly output: string; readonly status: number }>;
  /** As systemctl does it: returns when it is done. @throws Error of systemd */
  unit(node: string, action: 'start' | 'stop' | 'restart', unit: string): Promise<void>;
  /** What the runtime of a node says of its containers, those that ended too. */
  containers(node: string): Promise<readonly NodeContainer[]>;
  /** Waits for so many seconds of the cluster's time. */
  pass(seconds: number): Promise<void>;
  /** Before a scenario that is alone: what the last one did must be over. */
  settle(): Promise<void>;
}

/** A container as crictl shows it. */
export interface NodeContainer {
  readonly id: string;
  readonly name: string;
  /** UID of its Pod: of a static one a hash of its manifest. */
  readonly pod: string;
  readonly state: 'CREATED' | 'RUNNING' | 'EXITED';
  /** What one that ended left behind. */
  readonly exitCode: number;
  /** The last line of its log. */
  readonly lastLine: string;
}
