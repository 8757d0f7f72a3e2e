import { announce } from '../announce.ts';
import { onEachPage } from '../page-life.ts';
import { readJson, writeJson } from '../storage.ts';
import { acceptTasks, type KeptTasks } from './attempt-store.ts';
import { type Countdown, face, fresh, milestone, minutesAndSeconds, pause, spent, start } from './countdown.ts';
import { type Score, score } from './score.ts';

interface Task {
  readonly element: HTMLElement;
  readonly allowed: number;
  readonly marks: number;
  readonly tick: HTMLInputElement | null;
  clock: Countdown;
  /** What was left at the last look, so that a milestone is said once. */
  left: number;
}

const ADVICE: Readonly<Record<Score['verdict'], string>> = {
  'Not begun': 'Start the clock of a task when you begin it; stop it when you are done, and tick what you did.',
  Fail: 'Nothing found yet. Open the hints, then do the drill again on a fresh cluster.',
  'Partial marks': 'You found part of it, or needed longer than the exam gives. Do it again tomorrow.',
  'Full marks': 'You did everything in time.',
};

/** A drill's clocks, marks and score, while its page is shown. */
function followDrill(leaving: AbortSignal): void {
  const found = document.querySelector<HTMLElement>('.score');
  if (!found) return;
  const panel = found;
  const key = `drill:${panel.dataset.lesson ?? ''}`;
  const allowed = Number(panel.dataset.minutes) * 60_000;
  const kept: KeptTasks = readJson(key, acceptTasks) ?? {};
  const tasks: Task[] = [...document.querySelectorAll<HTMLElement>('.task[data-marks]')].map((element) => {
    const time = Number(element.dataset.minutes) * 60_000;
    const before = kept[element.id];
    const tick = element.querySelector<HTMLInputElement>('.task-done');
    if (tick) tick.checked = before?.done ?? false;
    return {
      element,
      tick,
      allowed: time,
      marks: Number(element.dataset.marks),
      clock: { ...fresh, spent: before?.spent ?? 0 },
      left: time - (before?.spent ?? 0),
    };
  });
  let ticking: ReturnType<typeof setInterval> | undefined;

  function keep(): void {
    const now = Date.now();
    writeJson(
      key,
      Object.fromEntries(
        tasks.map(({ element, tick, clock }) => [
          element.id,
          { done: tick?.checked ?? false, spent: spent(clock, now) },
        ]),
      ),
    );
  }

  function show(): void {
    const now = Date.now();
    for (const task of tasks) {
      const left = task.allowed - spent(task.clock, now);
      const clock = task.element.querySelector('.clock');
      const running = task.clock.since !== undefined;
      clock?.classList.toggle('running', running);
      clock?.classList.toggle('over', left <= 0);
      setText(clock?.querySelector('.clock-face'), face(left));
      setText(clock?.querySelector('.clock-run'), running ? 'Pause' : left < task.allowed ? 'Go on' : 'Start');
      const reset = clock?.querySelector<HTMLButtonElement>('.clock-reset');
      if (reset) reset.disabled = left === task.allowed;
      const said = running ? milestone(task.left, left) : undefined;
      if (said !== undefined) announce(said);
      task.left = left;
    }
    const result = score(
      tasks.map(({ marks, tick, clock }) => ({ marks, done: tick?.checked ?? false, spent: spent(clock, now) })),
      allowed,
    );
    setText(panel.querySelector('.score-marks'), String(result.earned));
    setText(panel.querySelector('.score-time'), minutesAndSeconds(Math.floor(result.spent / 1000)));
    setText(panel.querySelector('.score-verdict'), result.verdict);
    setText(panel.querySelector('.score-advice'), ADVICE[result.verdict]);
  }

  /** Shows the change, keeps it, and lets the page tick only while a clock runs. */
  function changed(): void {
    show();
    keep();
    const running = tasks.some(({ clock }) => clock.since !== undefined);
    if (running) ticking ??= setInterval(show, 500);
    else {
      clearInterval(ticking);
      ticking = undefined;
    }
  }

  for (const task of tasks) {
    task.element.querySelector('.clock-run')?.addEventListener('click', () => {
      const now = Date.now();
      const wasRunning = task.clock.since !== undefined;
      // One person works on one task at a time.
      for (const each of tasks) each.clock = pause(each.clock, now);
      if (!wasRunning) task.clock = start(task.clock, now);
      changed();
    });
    task.element.querySelector('.clock-reset')?.addEventListener('click', () => {
      task.clock = fresh;
      task.left = task.allowed;
      changed();
    });
    task.tick?.addEventListener('change', () => {
      if (task.tick?.checked) task.clock = pause(task.clock, Date.now());
      changed();
    });
  }
  panel.querySelector('.score-reset')?.addEventListener('click', () => {
    for (const task of tasks) {
      task.clock = fresh;
      task.left = task.allowed;
      if (task.tick) task.tick.checked = false;
    }
    changed();
    announce('The drill starts anew: clocks and marks are reset');
  });
  addEventListener('pagehide', keep, { signal: leaving });
  leaving.addEventListener('abort', () => {
    keep();
    clearInterval(ticking);
  });
  show();
}

function setText(element: Element | null | undefined, text: string): void {
  if (element && element.textContent !== text) element.textContent = text;
}

onEachPage(followDrill);
