import { ApiError } from '../../../cluster/api/status.ts';
import { ConnectionError } from '../../../cluster/client/connection.ts';
import { CommandError } from '../command/errors.ts';

/** Errors of files say which one they are about (cmdutil.AddSourceToErr). @param verb `creating` */
export function fromSource(error: unknown, source: string, verb: string): unknown {
  if (!(error instanceof Error) || error instanceof ConnectionError) return error;
  const message = `error when ${verb} ${source}: ${error.message}`;
  if (!(error instanceof ApiError)) return new CommandError(message);
  if (error.reason === 'Invalid') return error;
  error.message = message;
  return error;
}
