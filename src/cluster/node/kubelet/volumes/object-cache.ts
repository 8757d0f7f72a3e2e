import { configMap as configMapKind } from '../../../api/kinds/core/config-map.ts';
import { secret as secretKind } from '../../../api/kinds/core/secret.ts';
import type { ConfigMap, Secret } from '../../../api/types/core.ts';
import type { Client } from '../../../client/client.ts';
import { ConnectionError } from '../../../client/connection.ts';

/** ConfigMaps and Secrets that Pods need; when the API server is away, as they were last (pkg/kubelet/configmap, pkg/kubelet/secret). */
export class ObjectCache {
  readonly #client: Client | undefined;
  readonly #configMaps = new Map<string, ConfigMap | undefined>();
  readonly #secrets = new Map<string, Secret | undefined>();

  constructor(client: Client | undefined) {
    this.#client = client;
  }

  /** @throws Error when it is not there and need be */
  configMap(namespace: string, name: string, isOptional = false): ConfigMap | undefined {
    const client = this.#client;
    if (!client) throw new Error(`couldn't get configMap ${namespace}/${name}, no kubeClient defined`);
    const found = remembered(this.#configMaps, `${namespace}/${name}`, () =>
      client.find(configMapKind, namespace, name),
    );
    if (!found && !isOptional) throw new Error(`configmap ${JSON.stringify(name)} not found`);
    return found;
  }

  /** @throws Error when it is not there and need be */
  secret(namespace: string, name: string, isOptional = false): Secret | undefined {
    const client = this.#client;
    if (!client) throw new Error(`couldn't get secret ${namespace}/${name}, no kubeClient defined`);
    const found = remembered(this.#secrets, `${namespace}/${name}`, () => client.find(secretKind, namespace, name));
    if (!found && !isOptional) throw new Error(`secret ${JSON.stringify(name)} not found`);
    return found;
  }
}

function remembered<T>(known: Map<string, T>, key: string, ask: () => T): T {
  try {
    const found = ask();
    known.set(key, found);
    return found;
  } catch (error) {
    const last = known.get(key);
    if (error instanceof ConnectionError && last !== undefined) return last;
    throw error;
  }
}
