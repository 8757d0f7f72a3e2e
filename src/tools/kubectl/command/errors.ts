import { ApiError } from '../../../cluster/api/status.ts';
import { ConnectionError } from '../../../cluster/client/connection.ts';

/** Why a command failed, in kubectl's words; `error: ` is put before them unless they begin so, or are whole. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly status: number;
  /** Nothing is put before it. */
  readonly isWhole: boolean;

  constructor(
    message: string,
    { status = 1, isWhole = false }: { readonly status?: number; readonly isWhole?: boolean } = {},
  ) {
    super(message);
    this.status = status;
    this.isWhole = isWhole;
  }
}

/** Several things failed, each for itself (utilerrors.Aggregate). */
export class Failures extends Error {
  override readonly name = 'Failures';
  readonly errors: readonly unknown[];

  constructor(errors: readonly unknown[]) {
    super(errors.map((error) => plainMessage(error)).join(', '));
    this.errors = errors;
  }

  /** The one error itself, where it is one. */
  static of(errors: readonly unknown[]): unknown {
    return errors.length === 1 ? errors[0] : new Failures(errors);
  }
}

/** What kubectl prints of an error (cmd/util, checkErr), with a newline at its end. */
export function describeError(error: unknown): string {
  const text = wordsOf(error);
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

function wordsOf(error: unknown): string {
  if (error instanceof Failures)
    return error.errors.map((each) => `${standardMessage(each) ?? `error: ${plainMessage(each)}`}\n`).join('');
  if (error instanceof CommandError && error.isWhole) return error.message;
  if (error instanceof ApiError && error.reason === 'Invalid') return invalidMessage(error);
  const standard = standardMessage(error);
  if (standard !== undefined) return standard;
  const message = plainMessage(error);
  return message.startsWith('error: ') ? message : `error: ${message}`;
}

function invalidMessage({ status: { details, message = '' } }: ApiError): string {
  if (!details) return message === '' ? 'The request is invalid' : `The request is invalid: ${message}`;
  const causes = [...new Set((details.causes ?? []).map(({ field = '', message: why = '' }) => `${field}: ${why}`))];
  const isNamed = (details.kind ?? '') !== '' || (details.name ?? '') !== '';
  const what = isNamed
    ? `The ${details.kind ?? ''} ${JSON.stringify(details.name ?? '')} is invalid`
    : 'The request is invalid';
  const [first] = causes;
  if (first === undefined) return isNamed || message === '' ? what : `${what}: ${message}`;
  return causes.length === 1 ? `${what}: ${first}\n` : `${what}: \n${causes.map((cause) => `* ${cause}\n`).join('')}`;
}

/** Of errors of the server and of connections. */
function standardMessage(error: unknown): string | undefined {
  if (error instanceof ApiError) {
    const { reason, message } = error;
    if (reason === 'Unauthorized') return `error: You must be logged in to the server (${message})`;
    return reason === '' ? `Error from server: ${message}` : `Error from server (${reason}): ${message}`;
  }
  if (error instanceof ConnectionError) {
    const { host = '', why = '' } =
      /^\w+ "https?:\/\/(?<host>[^/"]+)[^"]*": (?<why>.*)$/s.exec(error.message)?.groups ?? {};
    if (error.message.includes('connection refused'))
      return `The connection to the server ${host} was refused - did you specify the right host or port?`;
    return `Unable to connect to the server: ${why === '' ? error.message : why}`;
  }
  return undefined;
}

export function plainMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
