import { quote } from './json.ts';

/** field.ErrorType, which is also the reason of a cause in a Status. */
export type FieldErrorType =
  | 'FieldValueDuplicate'
  | 'FieldValueForbidden'
  | 'FieldValueInvalid'
  | 'FieldValueNotFound'
  | 'FieldValueNotSupported'
  | 'FieldValueRequired'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany';

/** One thing that validation refuses (apimachinery, pkg/util/validation/field.Error). */
export interface FieldError {
  readonly type: FieldErrorType;
  /** As `spec.containers[0].image`. */
  readonly field: string;
  readonly value?: unknown;
  readonly detail: string;
}

const WORDS: Readonly<Record<FieldErrorType, string>> = {
  FieldValueDuplicate: 'Duplicate value',
  FieldValueForbidden: 'Forbidden',
  FieldValueInvalid: 'Invalid value',
  FieldValueNotFound: 'Not found',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueRequired: 'Required value',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
};

/** Types whose message does not repeat the value. */
const SILENT: ReadonlySet<FieldErrorType> = new Set(['FieldValueForbidden', 'FieldValueRequired', 'FieldValueTooLong']);

export function required(field: string, detail = ''): FieldError {
  return { type: 'FieldValueRequired', field, detail };
}

export function invalidValue(field: string, value: unknown, detail: string): FieldError {
  return { type: 'FieldValueInvalid', field, value, detail };
}

export function notSupported(field: string, value: unknown, supported: readonly string[]): FieldError {
  const detail = supported.length > 0 ? `supported values: ${supported.map(quote).join(', ')}` : '';
  return { type: 'FieldValueNotSupported', field, value, detail };
}

export function duplicate(field: string, value: unknown): FieldError {
  return { type: 'FieldValueDuplicate', field, value, detail: '' };
}

export function valueNotFound(field: string, value: unknown): FieldError {
  return { type: 'FieldValueNotFound', field, value, detail: '' };
}

export function forbiddenValue(field: string, detail: string): FieldError {
  return { type: 'FieldValueForbidden', field, detail };
}

/** @param maximum in bytes */
export function tooLong(field: string, maximum: number): FieldError {
  return { type: 'FieldValueTooLong', field, detail: `may not be more than ${maximum} bytes` };
}

/** The message without the field. */
export function bodyOf({ type, value, detail }: FieldError): string {
  const words = SILENT.has(type) ? WORDS[type] : `${WORDS[type]}: ${show(value)}`;
  return detail === '' ? words : `${words}: ${detail}`;
}

function show(value: unknown): string {
  return typeof value === 'string' ? quote(value) : value === undefined ? 'null' : JSON.stringify(value);
}
