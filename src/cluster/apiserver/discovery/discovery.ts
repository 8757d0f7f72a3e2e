import type { JsonObject } from '../../api/json.ts';
import { type AnyKind, KINDS } from '../../api/kinds/kinds.ts';
import { servedResources } from '../subresource-kinds.ts';
import { AGGREGATED_MEDIA_TYPE, acceptsAggregated, aggregatedDiscovery } from './aggregated.ts';
import { type GroupVersion, groupVersions } from './group-versions.ts';
import { hashOf } from './hash.ts';
import { apiGroup, apiGroupList, apiResourceList, apiVersions } from './legacy.ts';
import { OpenApiDocuments } from './openapi/documents.ts';
import type { Descriptions } from './openapi/schemas.ts';
import { openApiAnswer, type TextAnswer } from './openapi-answer.ts';
import { VERSION, type VersionInfo, versionText } from './version.ts';

/** An object of the API, to be written as all others are: in the form that the client accepts, indented if it asks for that. */
export interface ObjectAnswer {
  readonly is: 'object';
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: JsonObject;
}

export type DiscoveryAnswer = ObjectAnswer | TextAnswer;

export interface DiscoveryRequest {
  /** Without the query; with or without a slash at the end. */
  readonly path: string;
  /** The header; '' for none. */
  readonly accept: string;
  /** The parameter `hash` of the query, with which an OpenAPI document may be kept for ever. */
  readonly hash?: string;
}

export interface DiscoveryOptions {
  readonly kinds?: readonly AnyKind[];
  readonly version?: VersionInfo;
  /** Where clients reach the server, as `172.18.0.2:6443`. */
  readonly address: string;
  /** Without it `kubectl explain` says `<empty>`. */
  readonly descriptions?: Descriptions;
}

/** What the API server says of itself: its version, groups, resources and their schemas. Answers are made once. */
export class Discovery {
  readonly #groups: readonly GroupVersion[];
  readonly #address: string;
  readonly #version: VersionInfo;
  readonly #openApi: OpenApiDocuments;
  readonly #made = new Map<string, ObjectAnswer>();

  constructor({ kinds = KINDS, version = VERSION, address, descriptions = () => undefined }: DiscoveryOptions) {
    this.#groups = groupVersions(servedResources(kinds));
    this.#address = address;
    this.#version = version;
    this.#openApi = new OpenApiDocuments(this.#groups, `${version.major}.${version.minor}`, descriptions);
  }

  /**
   * @returns undefined for a path that is none of discovery's, and for a group or version that is not served: the first
   * part of the path says how the real server refuses it (a Status for a version, the text `404 page not found` for a group)
   */
  answer({ path, accept, hash }: DiscoveryRequest): DiscoveryAnswer | undefined {
    const place = path.replace(/^\/|\/$/g, '');
    if (place === 'version') {
      return {
        is: 'text',
        status: 200,
        headers: { 'Content-Type': 'application/json' },
        text: versionText(this.#version),
      };
    }
    if (place.startsWith('openapi/')) return openApiAnswer(this.#openApi, place, accept, hash);
    const isAggregated = (place === 'api' || place === 'apis') && acceptsAggregated(accept);
    const key = isAggregated ? `${place} aggregated` : place;
    const made = this.#made.get(key) ?? (isAggregated ? this.#aggregated(place) : this.#legacy(place));
    if (made) this.#made.set(key, made);
    return made;
  }

  #aggregated(place: string): ObjectAnswer {
    const value = aggregatedDiscovery(this.#groups.filter(({ group }) => (group === '') === (place === 'api')));
    const headers = { 'Cache-Control': 'public', ETag: `"${hashOf(JSON.stringify(value))}"`, Vary: 'Accept' };
    return { is: 'object', contentType: AGGREGATED_MEDIA_TYPE, headers, value };
  }

  #legacy(place: string): ObjectAnswer | undefined {
    const value = this.#legacyValue(place);
    return value && { is: 'object', contentType: 'application/json', headers: {}, value };
  }

  #legacyValue(place: string): JsonObject | undefined {
    if (place === 'api') return apiVersions(this.#groups, this.#address);
    if (place === 'apis') return apiGroupList(this.#groups);
    const served = this.#groups.find((group) => group.path === place);
    if (served) return apiResourceList(served);
    const group = this.#groups.find((candidate) => candidate.group !== '' && `apis/${candidate.group}` === place);
    return group && apiGroup(group);
  }
}
