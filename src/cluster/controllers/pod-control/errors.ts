import { ApiError } from '../../api/status.ts';

/** Whether the server refused because the namespace ends: what is in it goes anyway, and there is nothing to report. */
export function isNamespaceEnding(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  return error.status.details?.causes?.some(({ reason }) => reason === 'NamespaceTerminating') ?? false;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Several errors as one, worded as apimachinery's pkg/util/errors.Aggregate: the message alone, or `[a, b]`; undefined for none. */
export function aggregate(errors: readonly unknown[]): unknown {
  if (errors.length <= 1) return errors[0];
  const messages = [...new Set(errors.map(messageOf))];
  return messages.length === 1 ? errors[0] : new Error(`[${messages.join(', ')}]`);
}

/** Does something for each item, goes on after failures, and throws them together in the end. */
export function forAll<T>(items: readonly T[], act: (item: T) => void): void {
  const errors: unknown[] = [];
  for (const item of items) {
    try {
      act(item);
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw aggregate(errors);
}
