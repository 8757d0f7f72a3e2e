import { queryFlag, queryValue, queryValues } from '#machine/http.ts';
import { type FieldError, invalidValue, notSupported } from '../../api/field-error.ts';
import { isObject, quote } from '../../api/json.ts';
import { decode, TypeMismatch } from '../../api/schema/decode.ts';
import { badRequest, invalid } from '../../api/status.ts';
import type { ApiRequest } from '../context.ts';
import type { DeleteOptions } from '../registry/deletion.ts';
import { parseInteger } from './list-options.ts';
import { checkDryRun } from './write-options.ts';

const POLICIES = ['Foreground', 'Background', 'Orphan'];

/** The options of a deletion: those of the body, or those of the query (metav1.DeleteOptions). @throws ApiError BadRequest, Invalid */
export function deleteOptionsOf(request: ApiRequest): DeleteOptions {
  const { body } = request;
  const options = isObject(body) ? ofBody(request, body) : ofQuery(request);
  const errors: FieldError[] = [];
  const { propagationPolicy: policy, orphanDependents, dryRun = [] } = options;
  if (orphanDependents !== undefined && policy !== undefined)
    errors.push(
      invalidValue('propagationPolicy', policy, 'orphanDependents and deletionPropagation cannot be both set'),
    );
  if (policy !== undefined && !POLICIES.includes(policy))
    errors.push(notSupported('propagationPolicy', policy, [...POLICIES, 'nil']));
  errors.push(...checkDryRun(dryRun));
  if (errors.length > 0) throw invalid('meta.k8s.io', 'DeleteOptions', '', errors);
  return options;
}

function ofBody({ isForeign }: ApiRequest, body: Record<string, unknown>): DeleteOptions {
  if (!isForeign) return body as DeleteOptions;
  const { kind, apiVersion } = body;
  if (kind && kind !== 'DeleteOptions')
    throw badRequest(
      `no kind ${quote(String(kind))} is registered for version ${quote(String(apiVersion))} in scheme "pkg/runtime/scheme.go:111"`,
    );
  try {
    return decode('meta.v1.DeleteOptions', body as never).value as DeleteOptions;
  } catch (error) {
    if (!(error instanceof TypeMismatch)) throw error;
    throw badRequest(error.message);
  }
}

function ofQuery({ http: { query } }: ApiRequest): DeleteOptions {
  const grace = parseInteger(query, 'gracePeriodSeconds');
  const policy = queryValue(query, 'propagationPolicy') as DeleteOptions['propagationPolicy'];
  const dryRun = queryValues(query, 'dryRun');
  return {
    ...(grace !== undefined && { gracePeriodSeconds: grace }),
    ...(policy !== undefined && { propagationPolicy: policy }),
    ...(queryValue(query, 'orphanDependents') !== undefined && {
      orphanDependents: queryFlag(query, 'orphanDependents'),
    }),
    ...(dryRun.length > 0 && { dryRun }),
  };
}
