/** A cluster that scenarios run on. */
export interface Target {
  /** How kubectl and the watches reach it. */
  readonly kubeconfig: string;
  /** Runs a script in bash on a node, as root. */
  onNode(node: string, script: string): Promise<{ readonly output: string; readonly status: number }>;
  /** As `systemctl start` or `stop`: returns when it is done. @throws Error of systemd */
  unit(node: string, action: 'start' | 'stop', unit: string): Promise<void>;
}
