import { ownNames } from '#course/node-names.ts';
import type { ClusterState } from '../../cluster/cluster.ts';
import { VERSIONS } from '../../cluster/images.ts';
import type { Beginning, Report, Request } from '../protocol.ts';
import { type KeptLab, LabStore, parseLab, Unreadable } from './kept-lab.ts';
import { Lab } from './lab.ts';

/** Milliseconds of real time between two looks at the cluster, and between two writings of it. */
const LOOK = 500;
const KEEP = 2_000;

const store = new LabStore();
let lab: Lab | undefined;
let beginning: Beginning | undefined;
let lastSeen = '';
let isKeeping = false;
/** Told once, until it works again. */
let keepingFails = false;

const say = (report: Report): void => postMessage(report);
const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function begin(options: Beginning, kept: KeptLab | undefined, fresh?: ClusterState): void {
  const saved = kept?.cluster ?? fresh;
  const names = kept?.names ?? options.names;
  // What cannot be gone on with throws here: the lab that runs is left as it is.
  const next = new Lab({
    names,
    speed: options.speed,
    ...(saved && { saved }),
    onOutput: (terminal, text) => say({ type: 'output', terminal, text }),
    onEnd: (terminal, status) => say({ type: 'ended', terminal, status }),
  });
  lab?.end();
  lab = next;
  lastSeen = '';
  say({ type: 'begun', how: kept ? 'resumed' : 'new', names, kubernetes: VERSIONS.kubernetes });
  look();
}

async function start(options: Beginning): Promise<void> {
  beginning = options;
  let kept: KeptLab | undefined;
  if (options.from === 'kept') {
    try {
      kept = await store.read();
    } catch (error) {
      if (error instanceof Unreadable) {
        say({ type: 'unreadable', why: error.message });
        return;
      }
      say({ type: 'notKept', why: message(error) });
    }
  }
  if (kept) {
    try {
      begin(options, kept);
    } catch (error) {
      console.error(error);
      say({ type: 'unreadable', why: `It cannot be gone on with: ${message(error)}` });
    }
    return;
  }
  const isRenamed = Object.entries(ownNames).some(([node, name]) => Reflect.get(options.names, node) !== name);
  // Certificates and objects carry the names of nodes: with other names a cluster comes up from nothing.
  begin(options, undefined, isRenamed ? undefined : await fresh());
  await keep();
}

/** The cluster that the build saved; without it (offline, blocked) one comes up from nothing, which takes a second. */
async function fresh(): Promise<ClusterState | undefined> {
  try {
    const response = await fetch('/lab/cluster.json');
    return response.ok ? ((await response.json()) as ClusterState) : undefined;
  } catch {
    return undefined;
  }
}

async function keep(): Promise<void> {
  if (!lab || !beginning?.keeps || isKeeping) return;
  isKeeping = true;
  try {
    await store.write(lab.save());
    keepingFails = false;
    say({ type: 'kept', at: Date.now() });
  } catch (error) {
    if (!keepingFails) say({ type: 'notKept', why: message(error) });
    keepingFails = true;
  } finally {
    isKeeping = false;
  }
}

function look(): void {
  if (!lab) return;
  const overview = lab.look();
  const { now: _now, ...seen } = overview;
  const text = JSON.stringify(seen);
  if (text === lastSeen) return;
  lastSeen = text;
  say({ type: 'overview', overview });
}

async function open(text: string): Promise<void> {
  if (!beginning) return;
  try {
    begin(beginning, parseLab(text));
  } catch (error) {
    const why = error instanceof Unreadable ? message(error) : `It cannot be gone on with: ${message(error)}.`;
    say({ type: 'refused', why });
    return;
  }
  await keep();
}

function answer(request: Request): void {
  switch (request.type) {
    case 'begin':
      void start(request.beginning);
      return;
    case 'open':
      lab?.open(request.terminal, request.place, request.size);
      return;
    case 'type':
      lab?.type(request.terminal, request.text);
      return;
    case 'resize':
      lab?.resize(request.terminal, request.size);
      return;
    case 'shown':
      lab?.shown(request.terminal, request.count);
      return;
    case 'close':
      lab?.close(request.terminal);
      return;
    case 'speed':
      if (beginning) beginning = { ...beginning, speed: request.speed };
      lab?.setSpeed(request.speed);
      return;
    case 'keep':
      void keep();
      return;
    case 'export':
      if (lab) say({ type: 'exported', text: JSON.stringify(lab.save()) });
      return;
    case 'import':
      void open(request.text);
      return;
    case 'ping':
      say({ type: 'pong' });
      return;
  }
}

addEventListener('message', (event: MessageEvent<Request>) => answer(event.data));
setInterval(look, LOOK);
setInterval(() => void keep(), KEEP);
