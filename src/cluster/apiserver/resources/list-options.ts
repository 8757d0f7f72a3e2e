import { type Query, queryFlag, queryValue } from '#machine/http.ts';
import { type FieldError, forbiddenValue, notSupported } from '../../api/field-error.ts';
import { quote } from '../../api/json.ts';
import { type ApiError, badRequest, invalid } from '../../api/status.ts';
import type { ApiRequest } from '../context.ts';

/** The query of a list or a watch, checked (apimachinery, pkg/apis/meta/internalversion.ListOptions). */
export interface ListOptions {
  /** 0 and less: all. */
  readonly limit: number;
  readonly continue: string;
  readonly resourceVersion: string;
  readonly match: '' | 'Exact' | 'NotOlderThan';
  /** Undefined when nothing is said of it. */
  readonly sendInitialEvents: boolean | undefined;
  readonly allowBookmarks: boolean;
  /** Seconds; 0 and less: as long as the server likes. */
  readonly timeout: number;
}

const EXACT = 'Exact';
const NOT_OLDER = 'NotOlderThan';

/** @throws ApiError BadRequest, Invalid */
export function listOptionsOf({ http: { query }, info }: ApiRequest): ListOptions {
  const limit = parseInteger(query, 'limit') ?? 0;
  const timeout = parseInteger(query, 'timeoutSeconds') ?? 0;
  const isAsked = queryValue(query, 'sendInitialEvents') !== undefined;
  const options = {
    limit,
    timeout,
    continue: queryValue(query, 'continue') ?? '',
    resourceVersion: queryValue(query, 'resourceVersion') ?? '',
    match: queryValue(query, 'resourceVersionMatch') ?? '',
    sendInitialEvents: isAsked ? queryFlag(query, 'sendInitialEvents') : undefined,
    allowBookmarks: queryFlag(query, 'allowWatchBookmarks'),
  };
  const errors = info.verb === 'watch' ? checkWatch(options) : checkList(options);
  if (errors.length > 0) throw invalid('meta.k8s.io', 'ListOptions', '', errors);
  return options as ListOptions;
}

type Unchecked = Omit<ListOptions, 'match'> & { readonly match: string };

const MATCH = 'resourceVersionMatch';

/** (apimachinery, pkg/apis/meta/internalversion/validation.ValidateListOptions) */
function checkList({ match, resourceVersion, continue: token, sendInitialEvents }: Unchecked): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (match !== '') {
    if (resourceVersion === '')
      errors.push(forbiddenValue(MATCH, `${MATCH} is forbidden unless resourceVersion is provided`));
    if (token !== '') errors.push(forbiddenValue(MATCH, `${MATCH} is forbidden when continue is provided`));
    if (match !== EXACT && match !== NOT_OLDER) errors.push(notSupported(MATCH, match, [EXACT, NOT_OLDER, '']));
    if (match === EXACT && resourceVersion === '0')
      errors.push(forbiddenValue(MATCH, `${MATCH} "exact" is forbidden for resourceVersion "0"`));
  }
  if (sendInitialEvents !== undefined)
    errors.push(forbiddenValue('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  return errors;
}

function checkWatch({ match, continue: token, sendInitialEvents }: Unchecked): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (sendInitialEvents !== undefined && match !== NOT_OLDER)
    errors.push(forbiddenValue(MATCH, `sendInitialEvents requires setting ${MATCH} to ${NOT_OLDER}`));
  if (match !== '') {
    if (sendInitialEvents === undefined)
      errors.push(forbiddenValue(MATCH, `${MATCH} is forbidden for watch unless sendInitialEvents is provided`));
    if (match !== NOT_OLDER) errors.push(notSupported(MATCH, match, [NOT_OLDER]));
    if (token !== '') errors.push(forbiddenValue(MATCH, `${MATCH} is forbidden when continue is provided`));
  }
  return errors;
}

const MAX_INTEGER = 2n ** 63n;

/** A whole number of a query, in the words of Go's strconv; undefined when it is not there. @throws ApiError BadRequest */
export function parseInteger(query: Query | undefined, name: string): number | undefined {
  const text = queryValue(query, name);
  if (text === undefined) return undefined;
  if (!/^[+-]?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${quote(text)}: invalid syntax`);
  const value = BigInt(text.replace(/^\+/, ''));
  if (value >= MAX_INTEGER || value < -MAX_INTEGER)
    throw badRequest(`strconv.ParseInt: parsing ${quote(text)}: value out of range`);
  return Number(value);
}

/** @param refuse the error for one that is no number, of the words that all such errors share */
export function parseRevision(text: string, refuse: (why: string) => ApiError): number {
  const why = !/^\d+$/.test(text) ? 'invalid syntax' : BigInt(text) >= 2n * MAX_INTEGER ? 'value out of range' : '';
  if (why === '') return Number(text);
  throw refuse(`resourceVersion: Invalid value: ${quote(text)}: strconv.ParseUint: parsing ${quote(text)}: ${why}`);
}
