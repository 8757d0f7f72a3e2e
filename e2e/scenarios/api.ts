import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { parse } from 'yaml';

interface Kubeconfig {
  readonly clusters: readonly {
    readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string };
  }[];
  readonly users: readonly {
    readonly user: { readonly 'client-certificate-data': string; readonly 'client-key-data': string };
  }[];
}

/** An answer that says no: its code is HTTP's. */
export class Refused extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

const ANSWER = 10_000;

/** The API of a cluster, asked the same way on either side, with the certificate of a kubeconfig and nothing between. */
export class Api {
  readonly #server: string;
  readonly #agent: Agent;

  private constructor(server: string, agent: Agent) {
    this.#server = server;
    this.#agent = agent;
  }

  /** @param kubeconfig a file as kubeadm and kind write it: one cluster, one user, with a certificate */
  static async open(kubeconfig: string): Promise<Api> {
    const { clusters, users } = parse(await readFile(kubeconfig, 'utf8')) as Kubeconfig;
    const [cluster, user] = [clusters[0]?.cluster, users[0]?.user];
    if (!cluster || !user) throw new Error(`${kubeconfig} names no cluster or no user`);
    const decoded = (text: string) => Buffer.from(text, 'base64');
    const agent = new Agent({
      keepAlive: true,
      ca: decoded(cluster['certificate-authority-data']),
      cert: decoded(user['client-certificate-data']),
      key: decoded(user['client-key-data']),
    });
    return new Api(cluster.server, agent);
  }

  /** The body of an answer. @throws Refused, or Error when nobody answers */
  get(path: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const answered = (answer: IncomingMessage) => {
        let body = '';
        answer.setEncoding('utf8');
        answer.on('data', (text: string) => {
          body += text;
        });
        answer.on('error', reject);
        answer.on('end', () => {
          const code = answer.statusCode ?? 0;
          if (code < 400) resolve(body);
          else reject(new Refused(code, body));
        });
      };
      const call = this.#request(path, answered, reject);
      call.setTimeout(ANSWER, () => call.destroy(new Error('no answer')));
    });
  }

  /** Hands out each line of an answer that goes on; ends with it, or when `signal` says so. @throws Refused, or Error */
  lines(path: string, onLine: (line: string) => void, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const answered = (answer: IncomingMessage) => {
        let rest = '';
        const code = answer.statusCode ?? 0;
        answer.setEncoding('utf8');
        answer.on('data', (text: string) => {
          const lines = (rest + text).split('\n');
          rest = lines.pop() ?? '';
          if (code < 400) for (const line of lines) onLine(line);
        });
        answer.on('error', reject);
        answer.on('end', () => {
          if (code < 400) resolve();
          else reject(new Refused(code, rest));
        });
      };
      const call = this.#request(path, answered, reject);
      const stop = () => call.destroy(new Error('no longer watched'));
      signal.addEventListener('abort', stop, { once: true });
      call.on('close', () => signal.removeEventListener('abort', stop));
      if (signal.aborted) stop();
    });
  }

  close(): void {
    this.#agent.destroy();
  }

  #request(path: string, answered: (answer: IncomingMessage) => void, failed: (error: Error) => void) {
    const call = request(`${this.#server}${path}`, { agent: this.#agent, headers: { accept: 'application/json' } });
    call.on('response', answered);
    call.on('error', failed);
    call.end();
    return call;
  }
}
