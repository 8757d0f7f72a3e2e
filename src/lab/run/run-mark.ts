import type { DiffLine } from '#course/matcher/expectation.ts';
import { element } from '../dock/element.ts';
import type { RunState } from './run-state.ts';

/** What stands below a command that was run: at a glance whether its answer has the shape that the lesson shows. */
export class RunMark {
  readonly #command: HTMLElement;
  readonly #button: HTMLButtonElement | null;
  #line: HTMLElement | undefined;

  /** @param command `.command` of a block */
  constructor(command: HTMLElement) {
    this.#command = command;
    this.#button = command.querySelector('.run');
  }

  show(state: RunState): void {
    const isBusy = state.kind !== 'done' && state.kind !== 'stopped';
    const label = this.#command.querySelector('.command-text')?.textContent ?? '';
    if (this.#button) {
      this.#button.classList.toggle('stops', isBusy);
      this.#button.setAttribute('aria-label', `${isBusy ? 'Stop' : 'Run'} command: ${label}`);
      this.#button.title = isBusy ? 'Stop' : 'Run';
    }
    const { tone, words, details } = describe(state);
    const line = this.#line ?? element('div', 'run-mark', { role: 'status' });
    line.dataset.tone = tone;
    line.dataset.state = state.kind;
    line.replaceChildren(element('p', '', {}, words), ...(details ? [details] : []));
    if (!this.#line) this.#command.querySelector('.command-line')?.after(line);
    this.#line = line;
  }

  /** As if it never ran. */
  clear(): void {
    this.#line?.remove();
    this.#line = undefined;
  }
}

type Tone = 'good' | 'bad' | 'busy' | 'plain';

function describe(state: RunState): { readonly tone: Tone; readonly words: string; readonly details?: HTMLElement } {
  switch (state.kind) {
    case 'queued':
      return { tone: 'busy', words: 'Waits for its turn' };
    case 'waiting':
      return { tone: 'busy', words: state.why };
    case 'running':
      return { tone: 'busy', words: 'Runs' };
    case 'again':
      return { tone: 'busy', words: `Not there yet: tried ${state.tries} times` };
    case 'following':
      return { tone: 'busy', words: 'Runs on: Stop ends it, as the next command in its terminal does' };
    case 'stopped':
      return { tone: 'plain', words: state.why };
    case 'done': {
      const { failure } = state.judgement;
      if (!failure) return { tone: 'good', words: 'Ran: the answer has the shape shown here' };
      const words = `Ran, and it differs from what is shown here: ${failure.message}`;
      return failure.diff ? { tone: 'bad', words, details: comparison(failure.diff) } : { tone: 'bad', words };
    }
  }
}

const SIGNS = { same: '  ', missing: '− ', extra: '+ ' } as const;

function comparison(diff: readonly DiffLine[]): HTMLElement {
  const lines = diff.map(({ kind, text }) => element('span', `diff-${kind}`, {}, `${SIGNS[kind]}${text}\n`));
  return element(
    'details',
    '',
    {},
    element('summary', '', {}, 'Compare'),
    element('pre', '', {}, ...lines),
    element('p', '', {}, '− is shown in the lesson and was not printed; + was printed and is not shown.'),
  );
}
