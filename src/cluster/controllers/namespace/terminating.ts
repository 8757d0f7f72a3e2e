import { isReason } from '../../api/status.ts';

/** Whether something was refused because its namespace ends: whoever wanted it need not try again. */
export function isNamespaceTerminating(error: unknown): boolean {
  if (!isReason(error, 'Forbidden')) return false;
  return error.status.details?.causes?.some(({ reason }) => reason === 'NamespaceTerminating') ?? false;
}
