import type { Kernel } from '#kernel/kernel.ts';
import { WorkQueue } from '#kernel/work-queue.ts';
import { isReason } from '../api/status.ts';
import type { Client } from '../client/client.ts';
import type { EventRecorder } from '../client/event-recorder.ts';
import type { Informers } from '../client/informers.ts';
import type { Log } from '../client/log.ts';

/** What a controller is given. */
export interface ControllerContext {
  readonly kernel: Kernel;
  readonly client: Client;
  readonly informers: Informers;
  readonly log: Log;
  /** A recorder whose events come from a component of that name, as `deployment-controller`. */
  recorder(component: string): EventRecorder;
}

/** A controller that runs. */
export interface Controller {
  readonly name: string;
  stop(): void;
}

/** Starts a controller: its handlers put keys on a queue, and `sync` brings the actual state of a key to the desired one. */
export type StartController = (context: ControllerContext) => Controller;

/**
 * The queue of a controller: a sync that throws is tried again, later and later; one that lost a race (Conflict, or the object's
 * namespace ends) is no error to report. Nothing is synced before the informers have their first lists.
 */
export function controllerQueue(
  context: ControllerContext,
  name: string,
  sync: (key: string) => void,
): WorkQueue<string> {
  const { kernel, informers, log } = context;
  return new WorkQueue<string>(kernel, {
    sync: (key) => {
      if (!informers.haveSynced) throw new NotSynced();
      sync(key);
    },
    onError: (key, error) => {
      if (error instanceof NotSynced || isReason(error, 'Conflict')) return;
      const message = error instanceof Error ? error.message : String(error);
      log.error(`${name}.go:1`, 'Unhandled Error', {
        err: `sync ${JSON.stringify(key)} failed with ${message}`,
        logger: 'UnhandledError',
      });
    },
  });
}

class NotSynced extends Error {}
