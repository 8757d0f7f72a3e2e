import { type Api, Refused } from './api.ts';
import type { Scenario } from './scenario.ts';
import type { NodeContainer, Target } from './target.ts';
import type { Change } from './timeline.ts';

const CONTROL_PLANE = 'cp1';
/** Milliseconds between two looks; a simulated cluster's time runs faster. */
const PAUSE = 150;
/** The exit code of what was killed. */
const KILLED = 137;

/** Looks at what goes on when no API server may answer: its /readyz, and the containers on its node. */
export class Lookout {
  readonly changes: Change[] = [];
  readonly #scenario: Scenario;
  readonly #target: Target;
  readonly #api: Api;
  readonly #revision: () => number;
  readonly #states = new Map<string, string>();
  /** Containers and what they are called here. */
  readonly #running = new Map<string, string>();
  readonly #ended = new Set<string>();
  /** The steps with which Pods came, by UID. */
  readonly #steps = new Map<string, string>();
  #step = 'the begin';
  #isClosed = false;

  /** @param revision the newest that is known: what is seen here came after it */
  constructor(scenario: Scenario, target: Target, api: Api, revision: () => number) {
    this.#scenario = scenario;
    this.#target = target;
    this.#api = api;
    this.#revision = revision;
  }

  /** Looks, and goes on looking until it is closed; nothing where the scenario wants nothing of it. */
  async start(): Promise<void> {
    const { containers } = this.#scenario;
    if (containers.length === 0) return;
    for (const { id, state } of await this.#target.containers(CONTROL_PLANE)) {
      if (state === 'EXITED') this.#ended.add(id);
    }
    await this.#look();
    void this.#goOn();
  }

  /** Pods that come from now on are those of a step; one that comes again is what it was. */
  setStep(name: string): void {
    this.#step = name;
  }

  close(): void {
    this.#isClosed = true;
  }

  async #goOn(): Promise<void> {
    while (!this.#isClosed) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
      // A node that does not answer is asked again.
      await this.#look().catch(() => undefined);
    }
  }

  async #look(): Promise<void> {
    const [ready, containers] = await Promise.all([this.#readyz(), this.#target.containers(CONTROL_PLANE)]);
    this.#saw('API server', 'readyz', ready);
    const meant = containers.filter(
      ({ name, state }) => this.#scenario.containers.includes(name) && state !== 'CREATED',
    );
    for (const container of meant) this.#lookAt(container);
    for (const [id, object] of this.#running) if (!meant.some((each) => each.id === id)) this.#end(id, object, KILLED);
  }

  #lookAt({ id, name, pod, state, exitCode, lastLine }: NodeContainer): void {
    if (this.#ended.has(id)) return;
    let object = this.#running.get(id);
    if (object === undefined) {
      const step = this.#steps.get(pod) ?? this.#step;
      this.#steps.set(pod, step);
      object = `container ${name} of ${step}`;
      this.#running.set(id, object);
      // One that has ended has been running, whoever looked.
      this.#saw(object, 'status', 'Running');
    }
    if (state !== 'EXITED') return;
    if (exitCode !== 0 && exitCode !== KILLED) this.#saw(object, 'last words', plainLogLine(lastLine));
    this.#end(id, object, exitCode);
  }

  /** One that was killed may be removed before anybody sees it dead. */
  #end(id: string, object: string, exitCode: number): void {
    this.#running.delete(id);
    this.#ended.add(id);
    this.#saw(object, 'status', exitCode === KILLED ? 'killed' : `Exited (${exitCode})`);
  }

  async #readyz(): Promise<string> {
    try {
      return await this.#api.get('/readyz');
    } catch (error) {
      return error instanceof Refused ? `${error.code}` : 'no answer';
    }
  }

  #saw(object: string, track: string, value: string): void {
    if (this.#isClosed || this.#states.get(`${object} ${track}`) === value) return;
    this.#states.set(`${object} ${track}`, value);
    // It has no revision: it came after those that were known, before the next.
    const revision = this.#revision() + (this.changes.length + 1) / 1e6;
    this.changes.push({ revision, id: object, object, track, value });
  }
}

/** What a program said in a line of its log: without the runtime's time and klog's head. */
function plainLogLine(line: string): string {
  return line
    .trimEnd()
    .replace(/^\S+ std(?:out|err) [FP] /, '')
    .replace(/^[IWEF]\d{4} [\d:.]+ +\d+ /, '')
    .replaceAll(/0x[\da-f]+/g, '*');
}
