import type { ClientRequest } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { CoreV1Api } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HttpRequest, HttpResponse } from '#machine/http.ts';
import { ask, BAD_REQUESTS, readRefusals } from './bad-requests.ts';
import { eventually, startCluster, type TestCluster } from './test-cluster.ts';

let cluster: TestCluster;
let admin: KubeConfig;

beforeAll(async () => {
  cluster = await startCluster();
  admin = cluster.config('admin.conf');
});

afterAll(async () => {
  await cluster.served.close();
});

async function names(): Promise<readonly (string | undefined)[]> {
  const { items } = await admin.makeApiClient(CoreV1Api).listConfigMapForAllNamespaces();
  return items.map(({ metadata }) => `${metadata?.namespace}/${metadata?.name} ${metadata?.resourceVersion}`);
}

describe('a request that is wrong is refused as a kind cluster refused it', () => {
  const refusals = readRefusals();

  test.each(Object.entries(BAD_REQUESTS))('%s', async (what, request) => {
    expect(await ask(admin, request)).toEqual(refusals[what]);
  });

  test('and nothing was recorded that is not asked', () => {
    expect(Object.keys(refusals)).toEqual(Object.keys(BAD_REQUESTS));
  });
});

test('however wrong they are, and all at once, the cluster is as it was', async () => {
  const before = await names();
  const answers = await Promise.all(Object.values(BAD_REQUESTS).map((request) => ask(admin, request)));
  expect(answers.filter(({ code }) => code < 400 && code !== 0)).toEqual([]);
  expect(await names()).toEqual(before);
  expect(await ask(admin, { method: 'GET', path: '/readyz' })).toMatchObject({ code: 200, message: 'ok' });
});

describe('watchers', () => {
  const MANY = 2_000;
  const OBJECTS = 300;
  const text = 'x'.repeat(10_000);
  const path = '/api/v1/namespaces/default/configmaps';

  function watch(revision: string) {
    const query = { watch: '1', resourceVersion: revision };
    const { stream } = client({ method: 'GET', path, query });
    if (!stream) throw new Error('a watch is a stream');
    const seen: unknown[] = [];
    let isOver = false;
    stream.read({
      next: (value) => seen.push(value),
      end: () => {
        isOver = true;
      },
    });
    return { stream, seen, isOver: () => isOver };
  }

  function client(request: Omit<HttpRequest, 'peer'>): HttpResponse {
    const { cert } = tls;
    return cluster.served.cluster.request({ ...request, peer: { certificate: String(cert) } });
  }

  const tls: RequestOptions = {};
  beforeAll(async () => {
    await admin.applyToHTTPSOptions(tls);
  });

  function create(name: string): void {
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' }, data: { text } };
    expect(client({ method: 'POST', path, body }).status).toBe(201);
  }

  function revision(): string {
    const { body } = client({ method: 'GET', path });
    return (body as { readonly metadata: { readonly resourceVersion: string } }).metadata.resourceVersion;
  }

  test('by the thousand that do not read cost next to nothing, and lose nothing', () => {
    const { kernel } = cluster.served;
    const start = revision();
    const watchers = Array.from({ length: MANY }, () => watch(start));
    for (const { stream } of watchers) stream.pause();
    kernel.runFor(0);
    const before = process.memoryUsage().heapUsed;
    for (let index = 0; index < OBJECTS; index += 1) {
      create(`slow-${index}`);
      kernel.runFor(0);
    }
    // Copies for each would be six gigabytes; what they wait for is kept once.
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(200e6);
    const [first, ...others] = watchers;
    first?.stream.resume();
    kernel.runFor(1_000);
    expect(first?.seen.length).toBe(OBJECTS);
    expect(others.every(({ seen }) => seen.length === 0)).toBe(true);
    for (const { stream } of watchers) stream.close();
    kernel.runFor(1_000);
    create('after');
  });

  test('that vanish in the middle leave nothing behind', async () => {
    const { kernel } = cluster.served;
    const url = new URL(cluster.served.address);
    const { ca, cert, key } = tls;
    const open = () =>
      new Promise<ClientRequest>((resolve, reject) => {
        const sent = request(
          `${url.origin}${path}?watch=1&resourceVersion=${revision()}`,
          { ca, cert, key, agent: false },
          (answer) => {
            answer.on('error', () => undefined);
            resolve(sent);
          },
        );
        sent.on('error', reject);
        sent.end();
      });
    const clients = await Promise.all(Array.from({ length: 50 }, open));
    for (const sent of clients) {
      sent.on('error', () => undefined);
      sent.destroy();
    }
    await eventually(() => (client({ method: 'GET', path: '/readyz' }).status === 200 ? true : undefined));
    create('vanished');
    kernel.runFor(1_000);
    expect(await ask(admin, { method: 'GET', path: '/livez' })).toMatchObject({ code: 200, message: 'ok' });
  });
});
