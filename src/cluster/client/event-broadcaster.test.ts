import { describe, expect, it } from 'vitest';
import { parseTime } from '#kernel/calendar.ts';
import { Kernel } from '#kernel/kernel.ts';
import { event as eventKind } from '../api/kinds/core/event.ts';
import { namespace as namespaceKind } from '../api/kinds/core/namespace.ts';
import type { Event } from '../api/types/core.ts';
import type { Pod } from '../api/types/pod.ts';
import { ApiServer } from '../apiserver/server.ts';
import { Store } from '../store/store.ts';
import { Client } from './client.ts';
import { type Connection, ConnectionError } from './connection.ts';
import { actionRecorder } from './event-broadcaster.ts';
import { EventSeriesRecorder } from './event-series-recorder.ts';

const START = parseTime('2026-11-23T06:00:00Z');
const MINUTE = 60_000;

function setUp() {
  const kernel = new Kernel({ start: START, seed: 1 });
  const server = new ApiServer({ kernel, store: new Store(kernel) });
  const link = { isUp: true };
  const served = server.connectAs({ name: 'system:admin', groups: ['system:masters'] });
  const connection: Connection = (request) => {
    if (!link.isUp) throw new ConnectionError('dial tcp 172.18.0.2:6443: connect: connection refused');
    return served(request);
  };
  const client = new Client(connection, 'test');
  client.create(namespaceKind, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' }, spec: {} });
  return { kernel, client, link, events: () => client.list(eventKind, { namespace: 'default' }).items };
}

function pod(name: string, resourceVersion = '7'): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      uid: `uid-${name}`,
      resourceVersion,
      creationTimestamp: '2026-11-23T06:00:00Z',
    },
    spec: { containers: [] },
    status: { phase: 'Pending' },
  };
}

function only(events: readonly Event[]): Event {
  const [event] = events;
  if (!event || events.length > 1) throw new Error(`${events.length} events instead of one`);
  return event;
}

describe('which Events a component writes', () => {
  it('the newer ones when the API server answers at the start', () => {
    const { kernel, client, events } = setUp();
    const recorder = actionRecorder(kernel, client, 'default-scheduler', 'cp1');
    recorder.record(pod('web'), 'Normal', 'Scheduled', 'Binding', 'Successfully assigned default/web to w1');
    const { metadata, ...event } = only(events());
    expect(metadata.name).toMatch(/^web\.[0-9a-f]{16}$/);
    expect(event).toEqual({
      apiVersion: 'v1',
      kind: 'Event',
      involvedObject: {
        apiVersion: 'v1',
        kind: 'Pod',
        name: 'web',
        namespace: 'default',
        resourceVersion: '7',
        uid: 'uid-web',
      },
      reason: 'Scheduled',
      message: 'Successfully assigned default/web to w1',
      type: 'Normal',
      action: 'Binding',
      source: {},
      eventTime: '2026-11-23T06:00:00.000000Z',
      firstTimestamp: null,
      lastTimestamp: null,
      reportingComponent: 'default-scheduler',
      reportingInstance: 'default-scheduler-cp1',
    });
  });

  it('the older ones when it does not, also after it came back', () => {
    const { kernel, client, link, events } = setUp();
    link.isUp = false;
    const recorder = actionRecorder(kernel, client, 'default-scheduler', 'cp1');
    link.isUp = true;
    recorder.record(pod('web'), 'Normal', 'Preempted', 'Preempting', 'Preempted by pod a on node w1', pod('other'));
    kernel.runFor(2000);
    recorder.record(
      pod('web', '8'),
      'Normal',
      'Preempted',
      'Preempting',
      'Preempted by pod a on node w1',
      pod('other'),
    );
    const { metadata, involvedObject, ...event } = only(events());
    expect(metadata.name).toMatch(/^web\./);
    expect(involvedObject.resourceVersion).toBe('7');
    expect(event).toEqual({
      apiVersion: 'v1',
      kind: 'Event',
      reason: 'Preempted',
      message: 'Preempted by pod a on node w1',
      type: 'Normal',
      count: 2,
      source: { component: 'default-scheduler' },
      eventTime: null,
      firstTimestamp: '2026-11-23T06:00:00Z',
      lastTimestamp: '2026-11-23T06:00:02Z',
      reportingComponent: 'default-scheduler',
      reportingInstance: '',
    });
  });
});

describe('a series of newer Events', () => {
  function record(recorder: EventSeriesRecorder, about = pod('web'), message = 'no room'): void {
    recorder.record(about, 'Warning', 'FailedScheduling', 'Scheduling', message);
  }

  it('is one Event from the second on, counted when it is over', () => {
    const { kernel, client, events } = setUp();
    const recorder = new EventSeriesRecorder(kernel, client, 'default-scheduler', 'default-scheduler-cp1');
    record(recorder);
    expect(only(events()).series).toBeUndefined();
    kernel.runFor(1000);
    record(recorder, pod('web'), 'less room');
    kernel.runFor(1000);
    record(recorder);
    expect(only(events())).toMatchObject({
      message: 'no room',
      series: { count: 2, lastObservedTime: '2026-11-23T06:00:01.000000Z' },
    });
    kernel.runFor(6 * MINUTE);
    expect(only(events()).series?.count).toBe(2);
    kernel.runFor(6 * MINUTE);
    expect(only(events()).series).toEqual({ count: 3, lastObservedTime: '2026-11-23T06:00:02.000000Z' });
    record(recorder);
    expect(events()).toHaveLength(2);
  });

  it('is another one for another version of the object, and for another related one', () => {
    const { kernel, client, events } = setUp();
    const recorder = new EventSeriesRecorder(kernel, client, 'default-scheduler', 'default-scheduler-cp1');
    record(recorder);
    record(recorder, pod('web', '8'));
    recorder.record(pod('web'), 'Normal', 'Preempted', 'Preempting', '', pod('a'));
    recorder.record(pod('web'), 'Normal', 'Preempted', 'Preempting', '', pod('b'));
    expect(events().map(({ reason, related }) => [reason, related?.name])).toEqual(
      expect.arrayContaining([
        ['FailedScheduling', undefined],
        ['FailedScheduling', undefined],
        ['Preempted', 'a'],
        ['Preempted', 'b'],
      ]),
    );
    expect(events()).toHaveLength(4);
  });

  it('that goes on is written every half hour, and made anew when its Event is gone', () => {
    const { kernel, client, events } = setUp();
    const recorder = new EventSeriesRecorder(kernel, client, 'default-scheduler', 'default-scheduler-cp1');
    for (let minute = 0; minute < 29; minute += 1) {
      record(recorder);
      kernel.runFor(MINUTE);
    }
    client.delete(eventKind, only(events()));
    kernel.runFor(MINUTE);
    expect(only(events()).series).toEqual({ count: 29, lastObservedTime: '2026-11-23T06:28:00.000000Z' });
  });

  it('is lost when the API server is away; nothing is written after the end', () => {
    const { kernel, client, link, events } = setUp();
    const recorder = new EventSeriesRecorder(kernel, client, 'default-scheduler', 'default-scheduler-cp1');
    record(recorder);
    link.isUp = false;
    record(recorder);
    record(recorder, pod('other'));
    recorder.stop();
    link.isUp = true;
    kernel.runFor(60 * MINUTE);
    expect(only(events()).series).toBeUndefined();
  });
});
