/** What is kept of a lab's or drill's task: whether it is ticked, and the milliseconds on its clock. */
export interface KeptTask {
  readonly done: boolean;
  readonly spent: number;
}
export type KeptTasks = Readonly<Record<string, KeptTask>>;

/** Takes what was kept, task by task; what does not fit is left out. */
export function acceptTasks(value: unknown): KeptTasks | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const tasks: Record<string, KeptTask> = {};
  for (const [id, kept] of Object.entries(value)) {
    if (typeof kept !== 'object' || kept === null) continue;
    const { done, spent } = kept as Partial<Record<keyof KeptTask, unknown>>;
    if (typeof done === 'boolean' && typeof spent === 'number' && spent >= 0 && Number.isFinite(spent))
      tasks[id] = { done, spent };
  }
  return tasks;
}
