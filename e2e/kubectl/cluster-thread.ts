import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ClusterWish, NodeRequest, NodeResponse } from './simulated-cluster.ts';

/** A simulated cluster that runs in a thread of its own. */
export class ClusterThread {
  /** The administrator's; a file. */
  readonly kubeconfig: string;
  readonly #folder: string;
  readonly #thread: Worker;
  readonly #waiting = new Map<number, (response: NodeResponse) => void>();
  #last = 0;

  private constructor(thread: Worker, folder: string, kubeconfig: string) {
    this.#thread = thread;
    this.#folder = folder;
    this.kubeconfig = kubeconfig;
    thread.on('message', (response: NodeResponse) => {
      this.#waiting.get(response.id)?.(response);
      this.#waiting.delete(response.id);
    });
  }

  /** Waits until it is up. @throws Error when it does not come up */
  static async start(wish: ClusterWish): Promise<ClusterThread> {
    const folder = await mkdtemp(join(tmpdir(), 'clusterbook-simulated-'));
    const thread = new Worker(new URL('./simulated-cluster.ts', import.meta.url), { workerData: wish });
    try {
      const [text] = (await once(thread, 'message')) as [string];
      const kubeconfig = join(folder, 'admin.conf');
      await writeFile(kubeconfig, text, { mode: 0o600 });
      return new ClusterThread(thread, folder, kubeconfig);
    } catch (error) {
      await thread.terminate();
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** @throws Error when nothing ran */
  ask(node: string, what: NodeRequest['what']): Promise<NodeResponse> {
    this.#last += 1;
    const request: NodeRequest = { id: this.#last, node, what };
    return new Promise((resolve, reject) => {
      this.#waiting.set(request.id, (response) => {
        if (response.error === undefined) resolve(response);
        else reject(new Error(response.error));
      });
      this.#thread.postMessage(request);
    });
  }

  async close(): Promise<void> {
    await this.#thread.terminate();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
