import { Desk } from './desk.ts';
import { blocksOf } from './run/blocks.ts';
import { RunMark } from './run/run-mark.ts';
import { isOver, type RunState } from './run/run-state.ts';
import type { Job } from './run/runner.ts';

let desk: Desk | undefined;
const jobs = new WeakMap<HTMLElement, { readonly job: Job; state: RunState }>();
const marks = new WeakMap<HTMLElement, RunMark>();

function theDesk(): Desk {
  desk ??= new Desk();
  return desk;
}

/** The button that opens the lab, and puts it away. */
export async function toggleLab(): Promise<void> {
  const own = theDesk();
  if (own.isShown) own.hide();
  else await own.show();
}

/** A Run button was pressed: of a command (again: Stop), or of a whole block. */
export async function runFor(button: HTMLElement): Promise<void> {
  const block = button.closest<HTMLElement>('.command-block');
  if (!block) return;
  const command = button.closest<HTMLElement>('.command');
  const commands = command ? [command] : [...block.querySelectorAll<HTMLElement>('.command')];
  const own = theDesk();
  own.reveal();
  await Promise.all(commands.map((each) => runOrStop(own, block, each)));
}

async function runOrStop(own: Desk, blockElement: HTMLElement, element: HTMLElement): Promise<void> {
  const known = jobs.get(element);
  if (known && !isOver(known.state)) {
    await own.runner.stop(known.job);
    return;
  }
  const mark = marks.get(element) ?? new RunMark(element);
  marks.set(element, mark);
  const page = location.pathname;
  mark.show({ kind: 'queued' });
  try {
    const block = (await blocksOf(page)).find(({ id }) => id === blockElement.id);
    const command = block?.commands.find(({ id }) => id === element.id);
    if (!block || !command) throw new Error('this page was changed: load it anew');
    const entry: { readonly job: Job; state: RunState } = {
      state: { kind: 'queued' },
      job: {
        page,
        block,
        command,
        onState: (state) => {
          entry.state = state;
          mark.show(state);
        },
      },
    };
    jobs.set(element, entry);
    await own.runner.run(entry.job);
  } catch (error) {
    mark.show({ kind: 'stopped', why: `It was not run: ${error instanceof Error ? error.message : String(error)}.` });
  }
}
