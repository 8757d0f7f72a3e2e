import { setTimeout as sleep } from 'node:timers/promises';
import { type Api, Refused } from './api.ts';
import type { ApiObject, Resource, Version } from './versions.ts';
import { revisionOf } from './versions.ts';

/** A list that is watched. */
export interface Watched {
  readonly resource: Resource;
  /** `/apis/apps/v1/namespaces/rolling/deployments`, without a query. */
  readonly path: string;
  /** False for what is of no interest. */
  readonly isMeant: (object: ApiObject) => boolean;
  /** What was there before is no part of what happens: events of earlier times. */
  readonly onlyNew: boolean;
}

interface List {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly ApiObject[];
}

/** Milliseconds between two attempts to reach an API server. */
const RETRY = 200;
const GONE = 410;

/** Lists and watches, and keeps every version of every object until it is closed; an API server that goes away is waited for. */
export class Recorder {
  readonly versions: Version[] = [];
  readonly #api: Api;
  readonly #stopping = new AbortController();
  readonly #known = new Set<string>();
  #onChange: () => void = () => undefined;

  private constructor(api: Api) {
    this.#api = api;
  }

  /** Returns when everything has been listed. @throws Error when that does not succeed */
  static async start(api: Api, all: readonly Watched[]): Promise<Recorder> {
    const recorder = new Recorder(api);
    await Promise.all(
      all.map(async (watched) => {
        const revision = await recorder.#list(watched, true);
        void recorder.#follow(watched, revision);
      }),
    );
    return recorder;
  }

  /** Waits until something changes, or so many milliseconds. */
  change(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#onChange = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  close(): void {
    this.#stopping.abort();
  }

  async #follow(watched: Watched, from: string): Promise<void> {
    let revision: string | undefined = from;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        revision ??= await this.#list(watched, false);
        const path: string = `${watched.path}?watch=true&allowWatchBookmarks=true&resourceVersion=${revision}`;
        await this.#api.lines(
          path,
          (line) => {
            const event = JSON.parse(line) as { readonly type: string; readonly object: ApiObject };
            if (event.type === 'ERROR') revision = undefined;
            else {
              revision = event.object.metadata.resourceVersion;
              if (event.type !== 'BOOKMARK') this.#keep(watched, event.object, event.type === 'DELETED');
            }
          },
          signal,
        );
      } catch (error) {
        if (error instanceof Refused && error.code === GONE) revision = undefined;
      }
      if (!signal.aborted) await sleep(RETRY);
    }
  }

  async #list(watched: Watched, isFirst: boolean): Promise<string> {
    const { metadata, items } = JSON.parse(await this.#api.get(watched.path)) as List;
    for (const item of items) {
      if (isFirst && watched.onlyNew) this.#known.add(keyOf(watched.resource, item));
      else this.#keep(watched, item, false);
    }
    return metadata.resourceVersion;
  }

  #keep(watched: Watched, object: ApiObject, isGone: boolean): void {
    const key = keyOf(watched.resource, object);
    if (!watched.isMeant(object) || this.#known.has(key)) return;
    this.#known.add(key);
    this.versions.push({ resource: watched.resource, object, isGone });
    this.#onChange();
  }
}

/** The same version comes again with a list. */
function keyOf(resource: Resource, object: ApiObject): string {
  return `${resource}/${object.metadata.name}/${revisionOf({ resource, object, isGone: false })}`;
}
