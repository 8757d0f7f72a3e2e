import { expect, it } from 'vitest';
import { acceptTasks } from './attempt-store.ts';

it('takes tasks that fit and leaves out the others', () => {
  const good = { done: true, spent: 1500 };
  expect(
    acceptTasks({ 'task-1': good, 'task-2': { done: 1, spent: 0 }, 'task-3': { done: true, spent: -1 }, x: null }),
  ).toEqual({
    'task-1': good,
  });
  expect(acceptTasks([])).toBeUndefined();
  expect(acceptTasks(null)).toBeUndefined();
});
