import { setTimeout as sleep } from 'node:timers/promises';
import { ClusterThread } from '../kubectl/cluster-thread.ts';
import type { NodeContainer, Target } from './target.ts';

/** Simulated seconds to one of real time: nobody waits for grace periods and back-offs. */
const SPEED = 20;

/** A simulated cluster of its own for each scenario; `close` ends it. */
export async function simulatedTarget(seed: number): Promise<Target & { close(): Promise<void> }> {
  const cluster = await ClusterThread.start({ seed, speed: SPEED });
  return {
    kubeconfig: cluster.kubeconfig,
    onNode: (node, script) => cluster.ask(node, { script }),
    unit: async (node, action, unit) => {
      await cluster.ask(node, { action, unit });
    },
    containers: async (node) => {
      const { output } = await cluster.ask(node, { list: 'containers' });
      return JSON.parse(output) as readonly NodeContainer[];
    },
    pass: (seconds) => sleep((seconds * 1000) / SPEED),
    // It is new.
    settle: async () => undefined,
    close: () => cluster.close(),
  };
}
