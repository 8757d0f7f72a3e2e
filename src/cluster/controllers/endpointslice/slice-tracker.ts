import type { EndpointSlice } from '../../api/types/policy.ts';
import { SERVICE_NAME } from './slices.ts';

/** Slices that the controller wrote and what it expects to see of them (endpointslice/util.EndpointSliceTracker). */
export class SliceTracker {
  /** By Service, then by the slice's UID: the resourceVersion written last, or that it was deleted. */
  readonly #written = new Map<string, Map<string, number | 'deleted'>>();

  wrote(slice: EndpointSlice): void {
    this.#of(slice).set(slice.metadata.uid, versionOf(slice));
  }

  deleted(slice: EndpointSlice): void {
    this.#of(slice).set(slice.metadata.uid, 'deleted');
  }

  /** Whether the cache does not show yet what was written. */
  isStale(service: string, slices: readonly EndpointSlice[]): boolean {
    const written = this.#written.get(service);
    if (!written) return false;
    const cached = new Map(slices.map((slice) => [slice.metadata.uid, versionOf(slice)]));
    return [...written].some(([uid, version]) => {
      const seen = cached.get(uid);
      return version === 'deleted' ? seen !== undefined : seen === undefined || seen < version;
    });
  }

  /** Whether a slice changed by another hand. */
  isForeign(slice: EndpointSlice): boolean {
    const version = this.#of(slice).get(slice.metadata.uid);
    return version === undefined || version === 'deleted' || versionOf(slice) > version;
  }

  /** A slice is gone. Returns whether the controller did not delete it. */
  gone(slice: EndpointSlice): boolean {
    const written = this.#of(slice);
    const version = written.get(slice.metadata.uid);
    written.delete(slice.metadata.uid);
    return version !== undefined && version !== 'deleted';
  }

  forget(service: string): void {
    this.#written.delete(service);
  }

  #of(slice: EndpointSlice): Map<string, number | 'deleted'> {
    const service = serviceKeyOf(slice);
    const known = this.#written.get(service) ?? new Map<string, number | 'deleted'>();
    this.#written.set(service, known);
    return known;
  }
}

/** The key of the Service that a slice is of. */
export function serviceKeyOf({ metadata: { namespace = '', labels = {} } }: EndpointSlice): string {
  return `${namespace}/${labels[SERVICE_NAME] ?? ''}`;
}

function versionOf({ metadata }: EndpointSlice): number {
  return Number(metadata.resourceVersion);
}
