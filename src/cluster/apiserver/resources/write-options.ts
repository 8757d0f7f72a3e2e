import { queryValue, queryValues } from '#machine/http.ts';
import {
  type FieldError,
  forbiddenValue,
  invalidValue,
  notSupported,
  required,
  tooLong,
} from '../../api/field-error.ts';
import { invalid } from '../../api/status.ts';
import type { ApiRequest } from '../context.ts';
import { mediaTypeOf } from './media-types.ts';

const OPTIONS: Readonly<Record<string, string>> = {
  create: 'CreateOptions',
  update: 'UpdateOptions',
  patch: 'PatchOptions',
};
/** Bytes. */
const MANAGER_LENGTH = 128;
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

/**
 * The query of a write: `dryRun`, `fieldManager`, `fieldValidation`, `force` (apimachinery, pkg/apis/meta/v1/validation).
 *
 * @throws ApiError Invalid
 */
export function checkWriteOptions({ http, info }: ApiRequest): void {
  const kind = OPTIONS[info.verb];
  const { query } = http;
  if (kind === undefined || !query) return;
  const errors: FieldError[] = [];
  const manager = queryValue(query, 'fieldManager') ?? '';
  if (info.verb === 'patch') {
    const isApply = mediaTypeOf(http.headers?.['content-type']) === 'application/apply-patch+yaml';
    if (isApply && manager === '') errors.push(required('fieldManager', 'is required for apply patch'));
    if (!isApply && queryValue(query, 'force') !== undefined)
      errors.push(forbiddenValue('force', 'may not be specified for non-apply patch'));
  }
  errors.push(...checkManager(manager), ...checkDryRun(queryValues(query, 'dryRun')));
  const validation = queryValue(query, 'fieldValidation') ?? '';
  const supported = ['', 'Ignore', 'Strict', 'Warn'];
  if (!supported.includes(validation)) errors.push(notSupported('fieldValidation', validation, supported));
  if (errors.length > 0) throw invalid('meta.k8s.io', kind, '', errors);
}

function checkManager(manager: string): readonly FieldError[] {
  const errors: FieldError[] = manager.length > MANAGER_LENGTH ? [tooLong('fieldManager', MANAGER_LENGTH)] : [];
  for (const [position, letter] of [...manager].entries()) {
    if (PRINTABLE.test(letter)) continue;
    const code = (letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    errors.push(invalidValue('fieldManager', manager, `invalid character U+${code} (at position ${position})`));
  }
  return errors;
}

export function checkDryRun(values: readonly string[]): readonly FieldError[] {
  return values.every((value) => value === 'All') ? [] : [notSupported('dryRun', values, ['All'])];
}

/** `dryRun=All`, after it was checked. */
export function isDryRun({ http }: ApiRequest): boolean {
  return queryValues(http.query, 'dryRun').length > 0;
}
