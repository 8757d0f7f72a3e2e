import type { KubeObject } from '../api/object.ts';

/** Tells of what was done to objects. */
export interface ActionRecorder {
  /**
   * @param action what was done, as `Binding`
   * @param related what else had to do with it
   */
  record(
    about: KubeObject,
    type: 'Normal' | 'Warning',
    reason: string,
    action: string,
    message: string,
    related?: KubeObject,
  ): void;
  stop(): void;
}
