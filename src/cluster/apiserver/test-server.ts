import { parseTime } from '#kernel/calendar.ts';
import { Kernel } from '#kernel/kernel.ts';
import type { HttpRequest, HttpResponse } from '#machine/http.ts';
import { namespace } from '../api/kinds/core/namespace.ts';
import { serviceAccount } from '../api/kinds/core/service-account.ts';
import type { Status } from '../api/status.ts';
import { Client } from '../client/client.ts';
import type { StoreSnapshot } from '../store/store.ts';
import { Store } from '../store/store.ts';
import type { User } from './authentication/user.ts';
import { bootstrap } from './bootstrap/bootstrap.ts';
import { ApiServer } from './server.ts';

const START = parseTime('2026-11-23T00:00:00Z');
const ADMIN: User = { name: 'kubernetes-admin', groups: ['system:masters'] };

/** An API server with what it makes when it starts, and clients of it. For tests alone. */
export class TestServer {
  readonly kernel: Kernel;
  readonly store: Store;
  readonly server: ApiServer;
  readonly client: Client;

  /** @param snapshot of another one's store */
  constructor(seed = 1, snapshot?: StoreSnapshot) {
    this.kernel = new Kernel({ start: START, seed });
    this.store = new Store(this.kernel, snapshot);
    this.server = new ApiServer({ kernel: this.kernel, store: this.store });
    this.client = new Client(this.server.connectAs(ADMIN), 'test');
    if (snapshot) return;
    bootstrap(this.server.registry, { address: '172.18.0.2', port: 6443, serviceAddress: '10.96.0.1' });
    for (const name of ['default', 'kube-system', 'kube-node-lease'])
      if (!this.client.find(namespace, undefined, name))
        this.client.create(namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name }, spec: {} });
    this.client.create(serviceAccount, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace: 'default' },
    });
  }

  /** A request of somebody, as a client outside sends it; query and headers may follow. */
  send(
    user: User,
    method: HttpRequest['method'],
    path: string,
    body?: unknown,
    more: Partial<HttpRequest> = {},
  ): HttpResponse {
    return this.server.connectAs(user)({
      method,
      path,
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...more,
      headers: { 'content-type': 'application/json', ...more.headers },
    });
  }

  asAdmin(method: HttpRequest['method'], path: string, body?: unknown, more: Partial<HttpRequest> = {}): HttpResponse {
    return this.send(ADMIN, method, path, body, more);
  }

  /** What somebody is told; '' for a success. */
  refusal(
    user: User,
    method: HttpRequest['method'],
    path: string,
    body?: unknown,
    more: Partial<HttpRequest> = {},
  ): string {
    const { status, body: answer } = this.send(user, method, path, body, more);
    return status >= 400 ? ((answer as Status).message ?? '') : '';
  }
}
