import { describe, expect, it } from 'vitest';
import { Kernel } from '#kernel/kernel.ts';
import { volumeOver } from './layer.ts';
import { FileSystemView } from './view.ts';
import { Volume } from './volume.ts';

function setUp() {
  const kernel = new Kernel({ start: 0, seed: 1 });
  const below = new Volume(kernel, 0);
  const image = FileSystemView.of(below);
  image.mkdir('/etc/nginx', { recursive: true });
  image.mkdir('/bin');
  image.writeFile('/etc/passwd', 'root\n', { mode: 0o640 });
  image.writeFile('/etc/nginx/nginx.conf', 'events {}\n');
  image.writeFile('/bin/sh', 'program');
  image.symlink('nginx/nginx.conf', '/etc/conf');
  const container = () => FileSystemView.of(volumeOver(below, kernel, 7));
  return { kernel, image, container };
}

describe('a volume over another one', () => {
  it('begins with what is below', () => {
    const { image, container } = setUp();
    const files = container();
    expect(files.readdir('/')).toEqual(['bin', 'etc']);
    expect(files.readText('/etc/conf')).toBe('events {}\n');
    expect(files.stat('/etc/passwd')).toMatchObject({ mode: 0o640, device: 7, inode: image.stat('/etc/passwd').inode });
    expect(files.stat('/').links).toBe(4);
  });

  it('keeps its changes to itself', () => {
    const { image, container } = setUp();
    const [one, two] = [container(), container()];
    one.writeFile('/etc/passwd', 'changed');
    one.unlink('/bin/sh');
    one.writeFile('/etc/nginx/new', 'x');
    one.remove('/etc/nginx');
    one.rename('/etc/passwd', '/etc/shadow');
    for (const files of [two, image]) {
      expect(files.readText('/etc/passwd')).toBe('root\n');
      expect(files.exists('/bin/sh')).toBe(true);
      expect(files.readdir('/etc/nginx')).toEqual(['nginx.conf']);
    }
    expect(one.readdir('/etc')).toEqual(['conf', 'shadow']);
    expect(one.exists('/bin/sh')).toBe(false);
    expect(one.readdir('/bin')).toEqual([]);
  });

  it('numbers new files apart from those below, and forgets what was removed', () => {
    const { container } = setUp();
    const files = container();
    files.writeFile('/new', '');
    files.unlink('/etc/passwd');
    files.writeFile('/etc/passwd', 'mine');
    const numbers = ['/new', '/etc/passwd', '/etc/nginx', '/bin/sh', '/bin'].map((path) => files.stat(path).inode);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(files.readText('/etc/passwd')).toBe('mine');
  });
});
