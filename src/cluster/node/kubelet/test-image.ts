import { type Routine, sleep, wait } from '#kernel/coroutine.ts';
import { FsError, readTextIfThere } from '#machine/file-system.ts';
import type { ProcessContext } from '#machine/program.ts';
import type { CatalogImage } from '../containerd/catalog.ts';

/**
 * Does what its words say, one after the other: `say hello`, `warn hello`, `sleep 3`, `exit 2`, `write /file text`, `show /file`,
 * `serve 8080 200`, `need /file` (fails without it), `env NAME`, `wait` (until TERM), `hang` (whatever comes). At the end it exits with 0.
 */
function* doProgram(process: ProcessContext): Routine<number> {
  const { kernel, streams, files, sockets, pid, env } = process;
  for (const words of process.argv.slice(1)) {
    const [verb, first = '', ...rest] = words.split(' ');
    switch (verb) {
      case 'say':
        streams.out(`${words.slice(4)}\n`);
        break;
      case 'warn':
        streams.error(`${words.slice(5)}\n`);
        break;
      case 'sleep':
        yield* sleep(kernel, Number(first) * 1000);
        break;
      case 'wait':
        return yield* wait<number>((resume) => {
          process.onSignal('TERM', () => resume(0));
          return undefined;
        });
      case 'hang':
        return yield* wait<number>(() => undefined);
      case 'exit':
        return Number(first);
      case 'write':
        files.writeText(first, rest.join(' '));
        break;
      case 'show':
        streams.out(`${readTextIfThere(files, first) ?? `no ${first}`}\n`);
        break;
      case 'need':
        if (readTextIfThere(files, first) === undefined) {
          streams.error(`no ${first}\n`);
          return 1;
        }
        break;
      case 'env':
        streams.out(`${first}=${env[first] ?? ''}\n`);
        break;
      case 'serve': {
        const http = () => ({ status: Number(rest[0] ?? 200), body: 'page' });
        const listener = sockets.listen({
          protocol: 'tcp',
          address: '0.0.0.0',
          port: Number(first),
          pid,
          program: 'do',
          serves: { http },
        });
        process.onExit(() => listener.close());
        break;
      }
      default:
        throw new FsError('EINVAL', words);
    }
  }
  return 0;
}

/** What the registries of the tests have. */
export const TEST_IMAGES: readonly CatalogImage[] = [
  {
    repository: 'test',
    tags: ['latest', '2'],
    size: 1_200_000,
    entrypoint: ['do'],
    command: ['wait'],
    programs: { do: doProgram },
  },
];
