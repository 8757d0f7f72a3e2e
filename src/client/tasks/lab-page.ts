import { onEachPage } from '../page-life.ts';
import { readJson, writeJson } from '../storage.ts';
import { acceptTasks } from './attempt-store.ts';

/** A lab's tasks are ticked off; the ticks stay in the browser. */
function followTicks(): void {
  const page = document.querySelector<HTMLElement>('[data-lesson-page][data-kind="lab"]');
  if (!page) return;
  const key = `lab:${page.dataset.lessonPage ?? ''}`;
  const kept = readJson(key, acceptTasks) ?? {};
  const tasks = [...document.querySelectorAll<HTMLElement>('.task')].map((element) => ({
    id: element.id,
    tick: element.querySelector<HTMLInputElement>('.task-done'),
  }));
  for (const { id, tick } of tasks) {
    if (tick) tick.checked = kept[id]?.done ?? false;
    tick?.addEventListener('change', () => {
      writeJson(
        key,
        Object.fromEntries(tasks.map((task) => [task.id, { done: task.tick?.checked ?? false, spent: 0 }])),
      );
    });
  }
}

onEachPage(followTicks);
