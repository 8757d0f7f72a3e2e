import type { Routine } from '#kernel/coroutine.ts';
import type { ProcessContext, Program } from '#machine/program.ts';
import type { Route } from '#machine/sockets.ts';
import { addressJson, addressText, type LinkView, linksOf, linkText } from './ip-links.ts';
import { changeRoute, RouteRefused, routeTo } from './ip-route.ts';

interface Options {
  readonly brief: boolean;
  readonly json: boolean;
  readonly family: '4' | '6' | undefined;
}

const USAGE = 'Usage: ip [ -br | -j | -4 | -6 ] { address | link | route } [ show | get | add | del ] ...\n';
const OBJECTS = ['address', 'link', 'route', 'neighbour', 'rule', 'netns', 'maddress', 'tunnel', 'monitor', 'neighbor'];

/** ip of iproute2: addresses, links and routes of a machine. */
export const ip: Program = function* ip(process: ProcessContext): Routine<number> {
  const status = run(process);
  yield* process.streams.drain();
  return status;
};

function run(process: ProcessContext): number {
  const { streams, argv } = process;
  const words = [...argv.slice(1)];
  const has = { brief: false, json: false, family: undefined as '4' | '6' | undefined };
  while (words[0]?.startsWith('-')) {
    const option = words.shift() ?? '';
    if (/^-br(?:ief)?$/.test(option)) has.brief = true;
    else if (/^-j(?:son)?$/.test(option)) has.json = true;
    else if (option === '-4' || option === '-6') has.family = option.slice(1) as '4' | '6';
    else if (/^-(?:V|Version)$/.test(option)) {
      streams.out('ip utility, iproute2-6.1.0\n');
      return 0;
    } else if (!/^-(?:c|color.*|o|oneline|d|details|N)$/.test(option) || /^-[od]/.test(option)) {
      streams.error(`ip: ${option} is not simulated here\n`);
      return 255;
    }
  }
  const [object, ...rest] = words;
  if (object === undefined || object === 'help') {
    streams.error(USAGE);
    return 255;
  }
  const found = OBJECTS.find((each) => each.startsWith(object));
  if (!found) {
    streams.error(`Object "${object}" is unknown, try "ip help".\n`);
    return 1;
  }
  if (found === 'route') return route(process, rest, has);
  if (found === 'address' || found === 'link') return links(process, found, rest, has);
  streams.error(`ip: ${found} is not simulated here\n`);
  return 255;
}

function links(
  process: ProcessContext,
  object: 'address' | 'link',
  words: readonly string[],
  options: Options,
): number {
  const { streams, sockets } = process;
  const rest = [...words];
  if (['show', 'list', 'ls', 'sh', 's', 'l'].includes(rest[0] ?? '')) rest.shift();
  else if (['add', 'del', 'set', 'change', 'replace', 'flush'].includes(rest[0] ?? '')) {
    streams.error(`ip: ${object} ${rest[0]} is not simulated here\n`);
    return 255;
  }
  if (rest[0] === 'dev') rest.shift();
  const [name, ...more] = rest;
  if (more.length > 0 || name === 'up' || name === 'type') {
    streams.error(`ip: ${object} ${name} ${more.join(' ')} is not simulated here\n`.replace(/ {2,}/g, ' '));
    return 255;
  }
  const all = linksOf(sockets);
  const shown = name === undefined ? all : all.filter((each) => each.name === name);
  if (shown.length === 0) {
    streams.error(`Device "${name}" does not exist.\n`);
    return 1;
  }
  // No IPv6 here.
  const wanted: readonly LinkView[] = options.family === '6' ? [] : shown;
  if (options.json) streams.out(`${JSON.stringify(wanted.map((each) => addressJson(each, object)))}\n`);
  else streams.out(wanted.map((each) => (object === 'link' ? linkText : addressText)(each, options)).join(''));
  return 0;
}

function route(process: ProcessContext, words: readonly string[], { json, family }: Options): number {
  const { streams, sockets, files } = process;
  const [verb = 'show', ...rest] = words;
  if (family === '6') return 0;
  if (verb === 'get') {
    const answer = routeTo(sockets, rest[0] ?? '', files.credentials.uid);
    if (answer === undefined) {
      streams.error('RTNETLINK answers: Network is unreachable\n');
      return 2;
    }
    streams.out(answer);
    return 0;
  }
  if (['add', 'del', 'delete', 'replace'].includes(verb)) {
    try {
      if (files.credentials.uid !== 0) throw new RouteRefused('RTNETLINK answers: Operation not permitted');
      changeRoute(sockets.routes, verb, rest);
      return 0;
    } catch (error) {
      if (!(error instanceof RouteRefused)) throw error;
      streams.error(`${error.message}\n`);
      return 2;
    }
  }
  if (!['show', 'list', 'ls', 'sh', 's', 'l'].includes(verb)) {
    streams.error(`ip: route ${verb} is not simulated here\n`);
    return 255;
  }
  const fits = routeFilter(rest);
  if (!fits) {
    streams.error(`ip: route show ${rest.join(' ')} is not simulated here\n`);
    return 255;
  }
  const shown = sockets.routes.list().filter(fits);
  streams.out(
    json ? `${JSON.stringify(shown.map(routeJson))}\n` : shown.map((each) => `${routeText(each)}\n`).join(''),
  );
  return 0;
}

function routeFilter(words: readonly string[]): ((route: Route) => boolean) | undefined {
  const [word, value] = words;
  if (word === undefined) return () => true;
  if (word === 'dev' && words.length === 2) return ({ device }) => device === value;
  if (word === 'via' && words.length === 2) return ({ via }) => via === value;
  if (words.length === 1) return ({ destination }) => destination === word.replace(/\/32$/, '');
  return undefined;
}

function routeText({ destination, via, device, type, protocol, scope, source, isOnlink }: Route): string {
  const parts = [
    type === undefined ? destination : `${type} ${destination}`,
    ...(via === undefined ? [] : [`via ${via}`]),
    ...(device === '' ? [] : [`dev ${device}`]),
    ...(protocol === undefined ? [] : [`proto ${protocol}`]),
    ...(scope === undefined ? [] : [`scope ${scope}`]),
    ...(source === undefined ? [] : [`src ${source}`]),
    ...(isOnlink ? ['onlink'] : []),
  ];
  return `${parts.join(' ')} `;
}

function routeJson({ destination, via, device, type, protocol, scope, source, isOnlink }: Route) {
  return {
    ...(type && { type }),
    dst: destination,
    ...(via && { gateway: via }),
    ...(device && { dev: device }),
    ...(protocol && { protocol }),
    ...(scope && { scope }),
    ...(source && { prefsrc: source }),
    flags: isOnlink ? ['onlink'] : [],
  };
}
