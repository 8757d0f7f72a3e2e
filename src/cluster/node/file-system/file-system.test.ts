import { describe, expect, it } from 'vitest';
import { Kernel } from '#kernel/kernel.ts';
import { type FileEvent, FsError } from '#machine/file-system.ts';
import { credentialsOf, groupName, userName } from '#machine/users.ts';
import { utf8Decode, utf8Encode } from '#machine/utf8.ts';
import { restoreVolume, snapshotVolume } from './snapshot.ts';
import { FileSystemView } from './view.ts';
import { Volume } from './volume.ts';

const START = Date.UTC(2026, 10, 23, 6);

function setUp() {
  const kernel = new Kernel({ start: START, seed: 1 });
  const volume = new Volume(kernel, 1);
  return { kernel, volume, files: FileSystemView.of(volume) };
}

function codeOf(action: () => unknown): string {
  try {
    action();
    return 'ok';
  } catch (error) {
    if (error instanceof FsError) return `${error.code} ${error.message}`;
    throw error;
  }
}

describe('a file system', () => {
  it('keeps files with owner, mode and time', () => {
    const { kernel, files } = setUp();
    files.mkdir('/etc/kubernetes', { recursive: true });
    kernel.runFor(5_000);
    files.writeText('/etc/kubernetes/admin.conf', 'Grüße\n', { mode: 0o600 });
    expect(files.stat('/etc/kubernetes/admin.conf')).toMatchObject({
      kind: 'file',
      mode: 0o600,
      uid: 0,
      size: 8,
      links: 1,
      mtime: START + 5_000,
    });
    expect(files.readText('/etc/kubernetes/admin.conf')).toBe('Grüße\n');
    expect(files.stat('/etc').links).toBe(3);
  });

  it('says what the C library says', () => {
    const { files } = setUp();
    files.mkdir('/d');
    files.writeText('/d/f', '');
    expect(codeOf(() => files.readFile('/nothing'))).toBe('ENOENT No such file or directory');
    expect(codeOf(() => files.readFile('/d'))).toBe('EISDIR Is a directory');
    expect(codeOf(() => files.rmdir('/d'))).toBe('ENOTEMPTY Directory not empty');
    expect(codeOf(() => files.as({ credentials: { uid: 7, gid: 7, groups: [] } }).unlink('/d/f'))).toBe(
      'EACCES Permission denied',
    );
  });

  it('lets an open file be read after it was replaced, and logs be appended to', () => {
    const { files } = setUp();
    const log = files.open('/log', { access: 'read-write', create: true, append: true });
    for (let line = 0; line < 10_000; line += 1) log.write(`line ${line}\n`);
    files.rename('/log', '/log.1');
    files.writeText('/log', 'new');
    log.write('last\n');
    const { size } = log.stat();
    expect(log.read(size - 15)).toBe('line 9999\nlast\n');
    expect(files.readFile('/log')).toBe('new');
    expect(files.stat('/log.1').size).toBe(size);
  });

  it('appends to a large file at the cost of what is appended', () => {
    const { files } = setUp();
    files.writeFile('/log', 'x'.repeat(50_000_000));
    const log = files.open('/log', { access: 'read-write', append: true });
    const line = `${'y'.repeat(99)}\n`;
    const before = performance.now();
    for (let count = 0; count < 20_000; count += 1) {
      log.write(line);
      if (count % 100 === 0) log.read(log.stat().size - 200);
    }
    expect(performance.now() - before).toBeLessThan(2_000);
    expect(log.stat().size).toBe(52_000_000);
  });

  it('makes the bytes of a file when somebody looks at them first', () => {
    const { files } = setUp();
    let made = 0;
    const make = () => {
      made += 1;
      return 'token';
    };
    for (const name of ['read', 'sized', 'appended', 'emptied']) files.writeLater(`/${name}`, make, { mode: 0o600 });
    expect(made).toBe(0);
    expect([files.readText('/read'), files.readText('/read'), files.stat('/sized').size]).toEqual([
      'token',
      'token',
      5,
    ]);
    expect(files.stat('/read').mode).toBe(0o600);
    files.writeFile('/appended', '!', { append: true });
    expect(files.readText('/appended')).toBe('token!');
    files.writeFile('/emptied', 'new');
    expect(files.readText('/emptied')).toBe('new');
    expect(made).toBe(3);
  });

  it('serves computed files and devices', () => {
    const { kernel, files } = setUp();
    files.mkdir('/proc');
    files.serve('/proc/uptime', () => `${(kernel.now - START) / 1000}`);
    files.mkdir('/dev');
    files.mknod('/dev/null', 'character');
    kernel.runFor(3_000);
    expect(files.readFile('/proc/uptime')).toBe('3');
    files.writeFile('/dev/null', 'gone');
    expect(files.readFile('/dev/null')).toBe('');
    files.mknod('/run.sock', 'socket');
    expect(codeOf(() => files.readFile('/run.sock'))).toMatch('ENXIO');
  });
});

describe('bind mounts', () => {
  function withContainer() {
    const { kernel, files } = setUp();
    files.mkdir('/var/lib/data', { recursive: true });
    files.writeText('/var/lib/data/index.html', 'hello');
    const container = FileSystemView.of(new Volume(kernel, 2));
    container.mkdir('/usr/share/html', { recursive: true });
    container.writeText('/usr/share/html/hidden', '');
    return { kernel, files, container };
  }

  it('share files between host and container', () => {
    const { files, container } = withContainer();
    container.bind(files, '/var/lib/data', '/usr/share/html');
    expect(container.readdir('/usr/share/html')).toEqual(['index.html']);
    container.writeText('/usr/share/html/new', 'from inside');
    expect(files.readText('/var/lib/data/new')).toBe('from inside');
    expect(container.realpath('/usr/share/html/../html/new')).toBe('/usr/share/html/new');
    expect(container.readdir('/usr/share/html/..')).toEqual(['html']);
    expect(codeOf(() => container.rename('/usr/share/html/new', '/new'))).toMatch('EXDEV');
    expect(codeOf(() => container.rmdir('/usr/share/html'))).toMatch('EBUSY');
    container.unmount('/usr/share/html');
    expect(container.readdir('/usr/share/html')).toEqual(['hidden']);
  });

  it('are read-only when asked for, also of single files', () => {
    const { files, container } = withContainer();
    container.bind(files, '/var/lib/data', '/usr/share/html', { isReadOnly: true });
    for (const action of [
      () => container.writeText('/usr/share/html/x', ''),
      () => container.writeText('/usr/share/html/index.html', ''),
      () => container.unlink('/usr/share/html/nothing'),
      () => container.mkdir('/usr/share/html/d'),
      () => container.chmod('/usr/share/html/index.html', 0),
    ]) {
      expect(codeOf(action)).toBe('EROFS Read-only file system');
    }
    container.writeText('/etc-hosts', '');
    container.bind(files, '/var/lib/data/index.html', '/etc-hosts', { isReadOnly: true });
    expect(container.readText('/etc-hosts')).toBe('hello');
    expect(codeOf(() => container.unlink('/etc-hosts'))).toMatch('EBUSY');
    expect(codeOf(() => container.bind(files, '/var/lib', '/etc-hosts'))).toMatch('ENOTDIR');
  });

  it('do not let a symlink or dots lead out of the root', () => {
    const { files, container } = withContainer();
    files.writeText('/secret', '');
    container.bind(files, '/var/lib/data', '/usr/share/html');
    container.symlink('/secret', '/usr/share/html/link');
    container.symlink('../../../../../../secret', '/usr/share/html/up');
    expect(codeOf(() => container.readFile('/usr/share/html/link'))).toMatch('ENOENT');
    expect(codeOf(() => container.readFile('/usr/share/html/up'))).toMatch('ENOENT');
    expect(files.readFile('/var/lib/data/link')).toBe('');
  });
});

describe('watchers', () => {
  it('hear of a directory in tasks of the kernel, until they are closed', () => {
    const { kernel, files } = setUp();
    files.mkdir('/manifests');
    const heard: FileEvent[] = [];
    const watch = files.watch('/manifests', (event) => heard.push(event));
    files.writeText('/manifests/a.yaml', 'a');
    expect(heard).toEqual([]);
    kernel.runFor(0);
    files.writeText('/b', 'b');
    files.rename('/b', '/manifests/a.yaml');
    files.chmod('/manifests/a.yaml', 0o600);
    files.rename('/manifests/a.yaml', '/gone');
    files.rename('/gone', '/manifests/c');
    files.unlink('/manifests/c');
    kernel.runFor(0);
    expect(heard.map(({ type, name }) => `${type} ${name}`)).toEqual([
      'create a.yaml',
      'modify a.yaml',
      'moved-to a.yaml',
      'attrib a.yaml',
      'moved-from a.yaml',
      'moved-to c',
      'delete c',
    ]);
    files.mkdir('/manifests/d');
    watch.close();
    kernel.runFor(0);
    expect(heard).toHaveLength(7);
  });

  it('hear of a file, through every mount', () => {
    const { kernel, files } = setUp();
    files.mkdir('/a');
    files.writeText('/a/f', '');
    const container = FileSystemView.of(new Volume(kernel, 2));
    container.mkdir('/mnt');
    container.bind(files, '/a', '/mnt');
    const heard: string[] = [];
    files.watch('/a/f', ({ type }) => heard.push(type));
    container.writeText('/mnt/f', 'x', { append: true });
    container.rename('/mnt/f', '/mnt/g');
    container.unlink('/mnt/g');
    kernel.runFor(0);
    expect(heard).toEqual(['modify', 'move-self', 'delete-self']);
  });
});

describe('a snapshot', () => {
  it('restores everything, and what is made later has other numbers', () => {
    const { kernel, volume, files } = setUp();
    files.mkdir('/etc/d', { recursive: true });
    files.writeText('/etc/f', 'text ü');
    files.link('/etc/f', '/etc/d/hard');
    files.symlink('../f', '/etc/d/soft');
    files.chown('/etc/d', 1000, 1000);
    files.chmod('/etc/f', 0o4755);
    files.mknod('/null', 'character');
    files.serve('/proc', () => '');
    const data = snapshotVolume(volume);
    const copy = restoreVolume(kernel, JSON.parse(JSON.stringify(data)));
    const restored = FileSystemView.of(copy);
    expect(snapshotVolume(copy)).toEqual(data);
    for (const path of ['/etc', '/etc/f', '/etc/d', '/etc/d/hard', '/etc/d/soft', '/null']) {
      expect(restored.lstat(path)).toEqual(files.lstat(path));
    }
    expect(restored.readText('/etc/d/soft')).toBe('text ü');
    expect(restored.exists('/proc')).toBe(false);
    restored.writeText('/etc/d/hard', 'changed');
    expect(restored.readText('/etc/f')).toBe('changed');
    expect(files.readText('/etc/f')).toBe('text ü');
    restored.writeText('/new', '');
    expect(restored.stat('/new').inode).toBe(data.nextInode);
  });
});

describe('globs', () => {
  it('match names, sorted, no hidden ones', () => {
    const { files } = setUp();
    for (const name of ['a.yaml', 'b.yaml', '.c.yaml', 'd.txt', 'star*']) {
      files.writeText(`/${name}`, '');
    }
    files.mkdir('/pods/x', { recursive: true });
    files.mkdir('/pods/y');
    files.writeText('/pods/x/0.log', '');
    const here = files.as({ workingDirectory: '/' });
    expect(files.glob('/*.yaml')).toEqual(['/a.yaml', '/b.yaml']);
    expect(here.glob('[!ab]*.*')).toEqual(['d.txt']);
    expect(here.glob('.*.yaml')).toEqual(['.c.yaml']);
    expect(files.glob('/pods/*/*.log')).toEqual(['/pods/x/0.log']);
    expect(files.glob('/pods/*/')).toEqual(['/pods/x/', '/pods/y/']);
    expect(files.glob('/star\\*')).toEqual(['/star*']);
    expect(files.glob('/nothing*')).toEqual([]);
    expect(here.glob('?.[t-y]*')).toEqual(['a.yaml', 'b.yaml', 'd.txt']);
  });
});

describe('users', () => {
  it('are looked up in /etc', () => {
    const { files } = setUp();
    files.mkdir('/etc');
    expect(userName(files, 0)).toBe('0');
    files.writeText(
      '/etc/passwd',
      'root:x:0:0:root:/root:/bin/bash\nbroken\nstudent:x:1000:1000::/home/student:/bin/bash\n',
    );
    files.writeText('/etc/group', 'root:x:0:\nadm:x:4:syslog,student\nstudent:x:1000:\n');
    expect(userName(files, 1000)).toBe('student');
    expect(groupName(files, 4)).toBe('adm');
    expect(groupName(files, 5)).toBe('5');
    expect(credentialsOf(files, 'student')).toEqual({ uid: 1000, gid: 1000, groups: [4] });
    expect(credentialsOf(files, 'nobody')).toBeUndefined();
  });
});

describe('UTF-8', () => {
  it('is what Node makes of it', () => {
    const texts = ['plain', 'Grüße', '日本語', '🙂', 'half \ud800 pair', '\u{10ffff}\u07ff\u0800\uffff'];
    for (const text of texts) expect(utf8Encode(text)).toBe(Buffer.from(text, 'utf8').toString('latin1'));
    const broken = [
      '\xff',
      '\xc3',
      '\xe2\x82',
      '\xe2\x82x',
      '\xf0\x9f\x99',
      '\xed\xa0\x80',
      '\xc0\x80',
      'a\x80b',
      '\xf4\x90\x80\x80',
    ];
    for (const bytes of [...broken, ...texts.map(utf8Encode)]) {
      expect(utf8Decode(bytes)).toBe(new TextDecoder().decode(Buffer.from(bytes, 'latin1')));
    }
  });
});
