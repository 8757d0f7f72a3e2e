import { expect, lessons, test } from './site.ts';

test('a page marked as done counts in its module, here and after a reload', async ({ page }) => {
  await page.goto('/cluster-architecture/etcd/');
  await page.getByRole('button', { name: /mark as done/i }).click();
  await page.goto('/cluster-architecture/');
  await expect(page.locator('main')).toContainText(`1 of ${lessons.length}`);
  await page.goto('/cluster-architecture/etcd/');
  await page.getByRole('button', { name: /done/i }).click();
  await page.goto('/cluster-architecture/');
  await expect(page.locator('main')).toContainText(`0 of ${lessons.length}`);
});

test.describe('the exam drill', () => {
  const tasks = lessons.find((lesson) => lesson.kind === 'drill')?.tasks ?? [];

  test('has the tasks with their minutes, and marks that sum to 100', () => {
    expect(tasks.map((task) => task.minutes)).toEqual([2, 3, 2, 3]);
    expect(tasks.reduce((sum, task) => sum + (task.marks ?? 0), 0)).toBe(100);
  });

  test('counts each task down', async ({ page }) => {
    await page.clock.install();
    await page.goto('/cluster-architecture/exam-drill/');
    const task = page.locator('#task-1');
    await expect(task.getByRole('timer')).toHaveText(/0?2:00/);
    await task.getByRole('button', { name: /start/i }).click();
    await page.clock.runFor(61_000);
    await expect(task.getByRole('timer')).toHaveText(/0?0:59/);
    await task.getByRole('button', { name: /pause/i }).click();
    await page.clock.runFor(30_000);
    await expect(task.getByRole('timer')).toHaveText(/0?0:59/);
    await task.getByRole('button', { name: /reset/i }).click();
    await expect(task.getByRole('timer')).toHaveText(/0?2:00/);
  });

  test('adds up the marks that a reader gives', async ({ page }) => {
    await page.goto('/cluster-architecture/exam-drill/');
    for (const task of tasks) await page.locator(`#${task.id} input[type=checkbox]`).check();
    await expect(page.locator('.score')).toContainText('100');
    await page.reload();
    await expect(page.locator('.score')).toContainText('100');
    await page.locator('#task-1 input[type=checkbox]').uncheck();
    await expect(page.locator('.score')).toContainText(String(100 - (tasks[0]?.marks ?? 0)));
  });
});
