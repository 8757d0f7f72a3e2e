import { timestamp } from '#kernel/calendar.ts';
import { isObject } from '../../api/json.ts';
import { serviceAccount as accountKind } from '../../api/kinds/core/service-account.ts';
import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import { ApiError, badRequest, conflict } from '../../api/status.ts';
import type { BoundObject, ServiceAccountTokens } from '../authentication/service-account-tokens.ts';
import type { ApiRequest, ServerContext } from '../context.ts';

interface TokenRequestSpec {
  readonly audiences?: readonly string[];
  readonly expirationSeconds?: number;
  readonly boundObjectRef?: { readonly kind?: string; readonly name?: string; readonly uid?: string };
}

/** Seconds. */
const USUAL = 3600;
const SHORTEST = 600;

/** POST of a TokenRequest to a ServiceAccount (pkg/registry/core/serviceaccount/storage.TokenREST). @throws ApiError */
export function issueToken(
  { registry, kernel }: ServerContext,
  request: ApiRequest,
  tokens: ServiceAccountTokens,
): object {
  const { body, info } = request;
  if (!isObject(body)) throw badRequest('a TokenRequest is an object');
  const { name, namespace = '' } = info;
  const account = registry.get({ kind: accountKind, namespace, name });
  const spec = (body['spec'] ?? {}) as TokenRequestSpec;
  const seconds = spec.expirationSeconds ?? USUAL;
  if (seconds < SHORTEST) {
    const message = `Invalid value: ${seconds}: may not specify a duration less than 10 minutes`;
    throw new ApiError(
      'Invalid',
      `TokenRequest.authentication.k8s.io "${name}" is invalid: spec.expirationSeconds: ${message}`,
      {
        name,
        group: 'authentication.k8s.io',
        kind: 'TokenRequest',
        causes: [{ reason: 'FieldValueInvalid', message, field: 'spec.expirationSeconds' }],
      },
    );
  }
  const bound = boundTo(registry, namespace, spec);
  const { uid } = account.metadata;
  const issued = tokens.issue({ namespace, name, uid }, spec.audiences ?? [], seconds, bound);
  return {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name, namespace, creationTimestamp: timestamp(kernel.now) },
    spec: { audiences: spec.audiences ?? [], expirationSeconds: seconds, boundObjectRef: spec.boundObjectRef ?? null },
    status: {
      get token() {
        return issued.token;
      },
      expirationTimestamp: timestamp(issued.expires),
    },
  };
}

function boundTo(
  registry: ServerContext['registry'],
  namespace: string,
  { boundObjectRef: ref }: TokenRequestSpec,
): BoundObject | undefined {
  if (!ref?.name) return undefined;
  if (ref.kind !== 'Pod')
    throw badRequest(
      `tokens that are bound to a ${ref.kind} are not simulated here; on a real cluster Secrets and Nodes can be named too`,
    );
  const pod = registry.get({ kind: podKind, namespace, name: ref.name });
  if (ref.uid && ref.uid !== pod.metadata.uid) {
    throw conflict(
      { group: '', resource: 'pods' },
      ref.name,
      `the UID in the bound object reference (${ref.uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  }
  return { kind: 'Pod', name: ref.name, uid: pod.metadata.uid };
}
