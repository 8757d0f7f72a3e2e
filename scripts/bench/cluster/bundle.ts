import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';

/** One file of JavaScript, made of a module and all that it imports. @throws Error for what a browser has not, when it is for one */
export async function bundle(entry: string, platform: 'browser' | 'node'): Promise<string> {
  const missing: string[] = [];
  const build = await rolldown({
    input: entry,
    platform,
    onLog: (level, { code, message }, next) => {
      if (code === 'UNRESOLVED_IMPORT') missing.push(message);
      else if (level !== 'info') next(level, message);
    },
  });
  const { output } = await build.generate({ format: 'esm', minify: platform === 'browser', codeSplitting: false });
  await build.close();
  const [{ code }] = output;
  const foreign =
    platform === 'browser'
      ? [...code.matchAll(/(?:from|import)\s*["'](node:[^"']+)["']/g)].map(([, name]) => name)
      : [];
  if (missing.length + foreign.length > 0)
    throw new Error(`${entry} cannot be bundled: ${[...missing, ...foreign].join(', ')}`);
  return code;
}

/** Bytes as a host sends them. */
export function gzipped(code: string): number {
  return gzipSync(code, { level: 9 }).length;
}
