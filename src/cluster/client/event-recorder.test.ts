import { expect, test } from 'vitest';
import { parseTime } from '#kernel/calendar.ts';
import { Kernel } from '#kernel/kernel.ts';
import type { HttpRequest } from '#machine/http.ts';
import { event as eventKind } from '../api/kinds/core/event.ts';
import { namespace as namespaceKind } from '../api/kinds/core/namespace.ts';
import { ApiServer } from '../apiserver/server.ts';
import { Store } from '../store/store.ts';
import { Client } from './client.ts';
import { ConnectionError } from './connection.ts';
import { EventRecorder } from './event-recorder.ts';

const POD = { kind: 'Pod', namespace: 'default', name: 'web', uid: 'u', apiVersion: 'v1' };

function start() {
  const kernel = new Kernel({ start: parseTime('2026-11-23T06:00:00Z'), seed: 1 });
  const server = new ApiServer({ kernel, store: new Store(kernel) });
  const connection = server.connectAs({ name: 'admin', groups: ['system:masters'] });
  const state = { isUp: true };
  const client = new Client((request: HttpRequest) => {
    if (!state.isUp) throw new ConnectionError('connect: connection refused');
    return connection(request);
  }, 'test');
  client.create(namespaceKind, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' }, spec: {} });
  const recorder = new EventRecorder(kernel, client, { component: 'kubelet', host: 'w1' });
  const events = () =>
    client
      .list(eventKind)
      .items.map(({ message, count }) => `${message} x${count}`)
      .sort();
  return { kernel, state, recorder, events, client };
}

test('the same again is counted', () => {
  const { recorder, events } = start();
  for (let times = 0; times < 3; times += 1) recorder.record(POD, 'Normal', 'Pulled', 'one', 'spec.containers{c}');
  recorder.record(POD, 'Normal', 'Pulled', 'one', 'spec.containers{d}');
  expect(events()).toEqual(['one x1', 'one x3']);
});

test('many that differ by their message become one, with the last message', () => {
  const { recorder, events } = start();
  recorder.record(POD, 'Warning', 'Unhealthy', 'same');
  for (let times = 0; times < 12; times += 1) recorder.record(POD, 'Warning', 'Unhealthy', `probe ${times}`);
  recorder.record(POD, 'Warning', 'Unhealthy', 'same');
  expect(events()).toEqual([
    '(combined from similar events): probe 11 x4',
    ...[0, 1, 2, 3, 4, 5, 6, 7].map((times) => `probe ${times} x1`),
    'same x2',
  ]);
});

test('what finds no API server waits for it, in its order and with its time', () => {
  const { kernel, state, recorder, events, client } = start();
  state.isUp = false;
  recorder.record(POD, 'Normal', 'Created', 'created');
  kernel.runFor(3_000);
  recorder.record(POD, 'Normal', 'Started', 'started');
  kernel.runFor(30_000);
  state.isUp = true;
  kernel.runFor(10_000);
  expect(events()).toEqual(['created x1', 'started x1']);
  expect(
    client
      .list(eventKind)
      .items.map(({ firstTimestamp }) => firstTimestamp)
      .sort(),
  ).toEqual(['2026-11-23T06:00:00Z', '2026-11-23T06:00:03Z']);
});

test('what was tried in vain for long is given up', () => {
  const { kernel, state, recorder, events } = start();
  state.isUp = false;
  recorder.record(POD, 'Normal', 'Created', 'created');
  kernel.runFor(150_000);
  state.isUp = true;
  kernel.runFor(20_000);
  recorder.record(POD, 'Normal', 'Started', 'started');
  expect(events()).toEqual(['started x1']);
});

test('what is refused is lost, the next is not', () => {
  const { recorder, events } = start();
  recorder.record({ ...POD, namespace: 'none' }, 'Normal', 'Created', 'created');
  recorder.record(POD, 'Normal', 'Started', 'started');
  expect(events()).toEqual(['started x1']);
});
