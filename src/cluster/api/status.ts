import type { FieldError } from './field-error.ts';
import { bodyOf } from './field-error.ts';
import { quote } from './json.ts';

/** metav1.StatusCause */
export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

/** metav1.StatusDetails */
export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

/** metav1.Status: how the API server says that a request failed, or that one without an object to show succeeded. */
export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: Readonly<Record<string, string>>;
  readonly status: 'Success' | 'Failure';
  readonly message?: string;
  readonly reason?: Reason;
  readonly details?: StatusDetails;
  /** A success may go without. */
  readonly code?: number;
}

/** metav1.StatusReason: what a client may branch on. */
export type Reason =
  | 'AlreadyExists'
  | 'BadRequest'
  | 'Conflict'
  | 'Expired'
  | 'Forbidden'
  | 'InternalError'
  | 'Invalid'
  | 'MethodNotAllowed'
  | 'NotAcceptable'
  | 'NotFound'
  | 'RequestEntityTooLarge'
  | 'ServiceUnavailable'
  | 'Timeout'
  | 'TooManyRequests'
  | 'Unauthorized'
  | 'UnsupportedMediaType'
  // What the server answers for requests that it cannot word better: the zero value of Go.
  | '';

const CODES: Readonly<Record<Reason, number>> = {
  AlreadyExists: 409,
  BadRequest: 400,
  Conflict: 409,
  Expired: 410,
  Forbidden: 403,
  InternalError: 500,
  Invalid: 422,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  NotFound: 404,
  RequestEntityTooLarge: 413,
  ServiceUnavailable: 503,
  Timeout: 504,
  TooManyRequests: 429,
  Unauthorized: 401,
  UnsupportedMediaType: 415,
  '': 500,
};

/** A request that the API server refuses; `status` is what it answers. The words are those of apimachinery's pkg/api/errors. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: Status;

  constructor(reason: Reason, message: string, details?: StatusDetails, code = CODES[reason]) {
    super(message);
    this.status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      ...(reason !== '' && { reason }),
      ...(details && { details }),
      code,
    };
  }

  get reason(): Reason {
    return this.status.reason ?? '';
  }
}

/** Whether `error` is the API server's, for that reason. */
export function isReason(error: unknown, ...reasons: Reason[]): error is ApiError {
  return error instanceof ApiError && reasons.includes(error.reason);
}

/** What an error is about: `pods`, or `deployments` of `apps`. */
export interface GroupResource {
  readonly group: string;
  readonly resource: string;
}

/** `deployments.apps`, `pods`. */
export function qualified({ group, resource }: GroupResource): string {
  return group === '' ? resource : `${resource}.${group}`;
}

export function notFound(of: GroupResource, name: string): ApiError {
  return new ApiError('NotFound', `${qualified(of)} ${quote(name)} not found`, detailsOf(of, name));
}

export function alreadyExists(of: GroupResource, name: string): ApiError {
  return new ApiError('AlreadyExists', `${qualified(of)} ${quote(name)} already exists`, detailsOf(of, name));
}

export function conflict(of: GroupResource, name: string, why: string): ApiError {
  const message = `Operation cannot be fulfilled on ${qualified(of)} ${quote(name)}: ${why}`;
  return new ApiError('Conflict', message, detailsOf(of, name));
}

/** An update of something that has changed meanwhile (registry.OptimisticLockErrorMsg). */
export function outdated(of: GroupResource, name: string): ApiError {
  return conflict(
    of,
    name,
    'the object has been modified; please apply your changes to the latest version and try again',
  );
}

/** @param of undefined for a path that is no resource */
export function forbidden(of: GroupResource | undefined, name: string, why: string): ApiError {
  if (!of) return new ApiError('Forbidden', `forbidden: ${why}`, {});
  const what = name === '' ? qualified(of) : `${qualified(of)} ${quote(name)}`;
  return new ApiError('Forbidden', `${what} is forbidden: ${why}`, detailsOf(of, name));
}

/** @param kind the kind, of `group`; unlike other errors this one names kinds, not resources */
export function invalid(group: string, kind: string, name: string, errors: readonly FieldError[]): ApiError {
  const causes = errors.map((error) => ({ reason: error.type, message: bodyOf(error), field: error.field }));
  const lines = [...new Set(errors.map((error) => `${error.field}: ${bodyOf(error)}`))];
  const all = lines.length === 1 ? lines[0] : `[${lines.join(', ')}]`;
  const qualifiedKind = group === '' ? kind : `${kind}.${group}`;
  return new ApiError('Invalid', `${qualifiedKind} ${quote(name)} is invalid: ${all}`, {
    ...(name !== '' && { name }),
    ...(group !== '' && { group }),
    ...(kind !== '' && { kind }),
    causes,
  });
}

export function badRequest(message: string): ApiError {
  return new ApiError('BadRequest', message);
}

export function internalError(message: string): ApiError {
  return new ApiError('InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] });
}

/** A resourceVersion that etcd has compacted away. */
export function expired(message: string): ApiError {
  return new ApiError('Expired', message);
}

export function unauthorized(): ApiError {
  return new ApiError('Unauthorized', 'Unauthorized');
}

/** A path that nothing is behind (http.NotFound of the server's mux, answered as text by `get --raw`). */
export function noSuchPath(): ApiError {
  return new ApiError('NotFound', 'the server could not find the requested resource', {});
}

function detailsOf({ group, resource }: GroupResource, name: string): StatusDetails {
  return { ...(name !== '' && { name }), ...(group !== '' && { group }), kind: resource };
}
