import type { ApiClient } from './api-client.ts';

/**
 * Deletes the events of the default namespace, where pages make their objects, but for those of nodes. Events outlive their objects
 * by an hour: a Pod of the same name, made by an earlier run, would answer for this one.
 */
export async function forgetEvents(api: ApiClient): Promise<void> {
  await api.delete('/api/v1/namespaces/default/events?fieldSelector=involvedObject.kind!%3DNode');
}
