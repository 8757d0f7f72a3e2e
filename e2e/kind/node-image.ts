import { release } from '#course/release.ts';
import { capture } from '../../scripts/programs/run.ts';

/**
 * The kind node image: KIND_IMAGE, or the public image of the release that the site teaches, by digest. An image of that tag that
 * somebody made or loaded on this machine is taken as it is: the digest is for what is downloaded.
 */
export async function nodeImage(): Promise<string> {
  const named = process.env['KIND_IMAGE'];
  if (named) return named;
  if ((await capture('docker', ['image', 'inspect', release.image])).status === 0) return release.image;
  const tag = release.image.replace(/@.*$/, '');
  return (await capture('docker', ['image', 'inspect', tag])).status === 0 ? tag : release.image;
}
