import { parseTime } from '#kernel/calendar.ts';
import { queryValue } from '#machine/http.ts';
import { type FieldError, forbiddenValue, invalidValue } from '../../api/field-error.ts';
import { quote } from '../../api/json.ts';
import { badRequest, invalid } from '../../api/status.ts';
import type { ApiRequest } from '../context.ts';
import { parseInteger } from '../resources/list-options.ts';

/**
 * The query of `/log` (pkg/apis/core/validation.ValidatePodLogOptions).
 *
 * @throws ApiError BadRequest for what is no number or no time, Invalid
 */
export function checkLogOptions({ http: { query }, info }: ApiRequest): void {
  const tail = parseInteger(query, 'tailLines');
  const bytes = parseInteger(query, 'limitBytes');
  const seconds = parseInteger(query, 'sinceSeconds');
  const time = queryValue(query, 'sinceTime');
  if (time !== undefined && Number.isNaN(parseTime(time))) {
    const layout = '2006-01-02T15:04:05Z07:00';
    throw badRequest(`parsing time ${quote(time)} as ${quote(layout)}: cannot parse ${quote(time)} as "2006"`);
  }
  const errors: FieldError[] = [];
  if (tail !== undefined && tail < 0)
    errors.push(invalidValue('tailLines', tail, 'must be greater than or equal to 0'));
  if (bytes !== undefined && bytes < 1) errors.push(invalidValue('limitBytes', bytes, 'must be greater than 0'));
  if (seconds !== undefined && time !== undefined)
    errors.push(forbiddenValue('[]', 'at most one of `sinceTime` or `sinceSeconds` may be specified'));
  else if (seconds !== undefined && seconds < 1)
    errors.push(invalidValue('sinceSeconds', seconds, 'must be greater than 0'));
  if (queryValue(query, 'stream') !== undefined) errors.push(forbiddenValue('stream', 'may not be specified'));
  if (errors.length > 0) throw invalid('', 'PodLogOptions', info.name, errors);
}
