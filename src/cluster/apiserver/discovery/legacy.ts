import type { JsonObject } from '../../api/json.ts';
import type { ServedResource, Subresource } from '../subresource-kinds.ts';
import { compare, type GroupVersion } from './group-versions.ts';

/**
 * `/api` (apiserver, pkg/endpoints/discovery/legacy.go).
 *
 * @param address where clients reach the server, as `172.18.0.2:6443`
 */
export function apiVersions(groups: readonly GroupVersion[], address: string): JsonObject {
  return {
    kind: 'APIVersions',
    versions: groups.filter(({ group }) => group === '').map(({ version }) => version),
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
  };
}

/** `/apis` (apiserver, pkg/endpoints/discovery/root.go). */
export function apiGroupList(groups: readonly GroupVersion[]): JsonObject {
  const named = groups.filter(({ group }) => group !== '');
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: named.map(namesOf) };
}

/** `/apis/apps` (apiserver, pkg/endpoints/discovery/group.go). */
export function apiGroup(group: GroupVersion): JsonObject {
  return { kind: 'APIGroup', apiVersion: 'v1', ...namesOf(group) };
}

function namesOf({ group, version, name }: GroupVersion): JsonObject {
  const only = { groupVersion: name, version };
  return { name: group, versions: [only], preferredVersion: only };
}

/** `/api/v1`, `/apis/apps/v1` (apiserver, pkg/endpoints/discovery/version.go). The core group's says no apiVersion. */
export function apiResourceList({ group, name, resources }: GroupVersion): JsonObject {
  const entries = resources.flatMap((resource) => [
    entryOf(resource),
    ...resource.subresources.map((subresource) => subentryOf(resource, subresource)),
  ]);
  return {
    kind: 'APIResourceList',
    ...(group !== '' && { apiVersion: 'v1' }),
    groupVersion: name,
    resources: entries.toSorted((a, b) => compare(a.name, b.name)),
  };
}

function entryOf(resource: ServedResource): JsonObject & { readonly name: string } {
  const { plural, singular, isNamespaced, kind, verbs, shortNames, categories } = resource;
  return {
    name: plural,
    singularName: singular,
    namespaced: isNamespaced,
    kind,
    verbs,
    ...(shortNames.length > 0 && { shortNames }),
    ...(categories.length > 0 && { categories }),
  };
}

function subentryOf(
  { plural, isNamespaced }: ServedResource,
  { name, kind, verbs }: Subresource,
): JsonObject & { readonly name: string } {
  return {
    name: `${plural}/${name}`,
    singularName: '',
    namespaced: isNamespaced,
    ...(kind.group !== '' && { group: kind.group, version: kind.version }),
    kind: kind.kind,
    verbs,
  };
}
