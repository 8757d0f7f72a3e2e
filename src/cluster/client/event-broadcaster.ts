import type { Kernel } from '#kernel/kernel.ts';
import type { ActionRecorder } from './action-recorder.ts';
import type { Client } from './client.ts';
import { EventRecorder } from './event-recorder.ts';
import { EventSeriesRecorder } from './event-series-recorder.ts';

/**
 * The newer Events where the API server serves them, which is asked once: a component that starts before the API server answers tells by
 * the older ones as long as it runs, without actions and related objects (client-go, tools/events.NewEventBroadcasterAdapter).
 *
 * @param component as `default-scheduler`
 */
export function actionRecorder(
  kernel: Kernel,
  client: Client,
  component: string,
  hostname: string,
  isResumed = false,
): ActionRecorder {
  // One that goes on with a saved machine began when the whole control plane did, before anybody answered.
  if (!isResumed && servesNewerEvents(client))
    return new EventSeriesRecorder(kernel, client, component, `${component}-${hostname}`);
  const recorder = new EventRecorder(kernel, client, { component });
  return {
    record: (about, type, reason, _action, message) => recorder.record(about, type, reason, message),
    stop: () => {},
  };
}

function servesNewerEvents(client: Client): boolean {
  try {
    client.request({ method: 'GET', path: '/apis/events.k8s.io/v1' });
    return true;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return false;
  }
}
