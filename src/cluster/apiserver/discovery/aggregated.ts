import type { JsonObject } from '../../api/json.ts';
import type { ServedResource } from '../subresource-kinds.ts';
import { compare, type GroupVersion } from './group-versions.ts';

/** What says that a client wants, and a server sends, the aggregated form. */
export const AGGREGATED_MEDIA_TYPE = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/**
 * Whether the aggregated form is the first of the accepted ones that the server has (apiserver,
 * pkg/endpoints/discovery/aggregated/negotiation.go). v2beta1 is no longer served.
 */
export function acceptsAggregated(accept: string): boolean {
  for (const clause of accept.split(',')) {
    const [type, ...parameters] = clause.split(';').map((part) => part.trim());
    if (type !== 'application/json' && type !== 'application/*' && type !== '*/*') continue;
    const values = new Map(parameters.map((parameter) => splitParameter(parameter)));
    const kind = values.get('as');
    if (kind === undefined) return false;
    if (kind === 'APIGroupDiscoveryList' && values.get('g') === 'apidiscovery.k8s.io' && values.get('v') === 'v2') {
      return true;
    }
  }
  return false;
}

function splitParameter(text: string): readonly [string, string] {
  const [name = '', value = ''] = text.split('=');
  return [name, value];
}

/** `/api` with the core group, `/apis` with all others (k8s.io/api/apidiscovery/v2). */
export function aggregatedDiscovery(groups: readonly GroupVersion[]): JsonObject {
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: groups.map(({ group, version, resources }) => ({
      metadata: group === '' ? {} : { name: group },
      versions: [{ version, resources: resources.map(entryOf), freshness: 'Current' }],
    })),
  };
}

function entryOf(resource: ServedResource): JsonObject {
  const { plural, kind, isNamespaced, singular, verbs, shortNames, categories, subresources } = resource;
  const below = subresources
    .map(({ name, kind: responseKind, verbs: allowed }) => ({
      subresource: name,
      responseKind: { group: responseKind.group, version: responseKind.version, kind: responseKind.kind },
      verbs: allowed,
    }))
    .toSorted((a, b) => compare(a.subresource, b.subresource));
  return {
    resource: plural,
    responseKind: { group: '', version: '', kind },
    scope: isNamespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs,
    ...(shortNames.length > 0 && { shortNames }),
    ...(categories.length > 0 && { categories }),
    ...(below.length > 0 && { subresources: below }),
  };
}
