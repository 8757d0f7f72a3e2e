import type { Kernel } from '#kernel/kernel.ts';
import { installFile } from '../file-system/install.ts';
import { FileSystemView } from '../file-system/view.ts';
import { Volume } from '../file-system/volume.ts';
import { executable } from '../processes/executables.ts';
import type { CatalogImage } from './catalog.ts';

const DIRECTORIES = [
  '/bin',
  '/dev',
  '/etc',
  '/home',
  '/proc',
  '/root',
  '/run',
  '/sys',
  '/usr/bin',
  '/usr/local/bin',
  '/usr/sbin',
  '/var/log',
  '/var/tmp',
];

/** Devices that every container has (runc, libcontainer/specconv). */
const DEVICES = ['full', 'null', 'random', 'tty', 'urandom', 'zero'];

const FILES: Readonly<Record<string, string>> = {
  '/etc/passwd':
    'root:x:0:0:root:/root:/bin/sh\nbin:x:1:1:bin:/bin:/bin/false\nnobody:x:65534:65534:nobody:/home:/bin/false\n',
  '/etc/group': 'root:x:0:\nbin:x:1:\ntty:x:5:\nnogroup:x:65534:\n',
};

/** The root file system of an image, which containers begin with. */
export function imageLayer(kernel: Kernel, image: CatalogImage): Volume {
  const volume = new Volume(kernel, 0);
  const files = FileSystemView.of(volume);
  for (const path of DIRECTORIES) files.mkdir(path, { recursive: true });
  for (const path of ['/tmp', '/var/tmp']) {
    files.mkdir(path, { recursive: true });
    files.chmod(path, 0o1777);
  }
  files.chmod('/root', 0o700);
  for (const name of DEVICES) files.mknod(`/dev/${name}`, 'character');
  for (const [path, text] of Object.entries({ ...FILES, ...image.files })) installFile(files, path, text);
  for (const name of Object.keys(image.programs)) installFile(files, programPath(name), executable(name), 0o755);
  return volume;
}

/** Programs without a directory are in /bin. */
function programPath(name: string): string {
  return name.includes('/') ? name : `/bin/${name}`;
}
