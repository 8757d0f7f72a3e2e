import { announce } from '../announce.ts';
import { onOtherTab, readJson, writeJson } from '../storage.ts';
import { acceptDone, type Done, doneIn, toggle } from './progress.ts';

const KEY = 'done';

/** "Mark as done", and the marks in the navigation, on module pages and on the home page. */
export function followDone(leaving: AbortSignal): void {
  let done: Done = readJson(KEY, acceptDone) ?? new Set();
  const button = document.querySelector<HTMLButtonElement>('.done-button');
  const lesson = button?.dataset.done;
  button?.addEventListener('click', () => {
    if (lesson === undefined) return;
    // Another tab may have marked something since: what is kept counts.
    done = toggle(readJson(KEY, acceptDone) ?? done, lesson);
    writeJson(KEY, [...done].sort());
    show(done, button);
    announce(done.has(lesson) ? 'Lesson marked as done' : 'Lesson no longer marked as done');
  });
  const reread = () => {
    done = readJson(KEY, acceptDone) ?? new Set();
    show(done, button);
  };
  onOtherTab(KEY, reread, leaving);
  show(done, button);
}

function show(done: Done, button: HTMLButtonElement | null): void {
  for (const link of document.querySelectorAll<HTMLElement>('a[data-lesson]')) {
    const isDone = done.has(link.dataset.lesson ?? '');
    link.classList.toggle('done', isDone);
    const said = link.querySelector('.visually-hidden');
    if (!isDone) said?.remove();
    else if (!said) {
      const mark = document.createElement('span');
      mark.className = 'visually-hidden';
      mark.textContent = ' (done)';
      link.append(mark);
    }
  }
  for (const place of document.querySelectorAll<HTMLElement>('[data-progress]')) {
    const total = Number(place instanceof HTMLProgressElement ? place.max : place.dataset.total);
    const count = doneIn(done, place.dataset.progress ?? '', total);
    if (place instanceof HTMLProgressElement) place.value = count;
    else place.textContent = `${count} of ${total}`;
  }
  if (button) {
    const pressed = done.has(button.dataset.done ?? '');
    button.setAttribute('aria-pressed', String(pressed));
    button.textContent = pressed ? 'Done' : 'Mark as done';
  }
}
