import { installFile } from '../file-system/install.ts';
import type { FileSystemView } from '../file-system/view.ts';
import { executable } from '../processes/executables.ts';
import { BASHRC, HOME_BASHRC, HOME_PROFILE, PROFILE } from './bashrc.ts';
import { ENABLED_UNITS, UNIT_FILES } from './unit-files.ts';

export interface BaseFileOptions {
  readonly name: string;
  readonly address: string;
  readonly machineId: string;
  /** Paths of executable files that can be run here. */
  readonly programs: readonly string[];
}

type Entry = readonly [path: string, text: string, mode?: number];

type Directory = readonly [path: string, mode?: number];

/** Of every machine. */
const DIRECTORIES: readonly Directory[] = [
  ['/boot'],
  ['/dev/shm', 0o1777],
  ['/etc/sudoers.d', 0o750],
  ['/home/learner', 0o700],
  ['/lib/modules'],
  ['/mnt'],
  ['/proc', 0o555],
  ['/root', 0o700],
  ['/run/lock', 0o1777],
  ['/srv'],
  ['/sys', 0o555],
  ['/tmp', 0o1777],
  ['/usr/local/bin'],
  ['/usr/local/sbin'],
  ['/var/log'],
  ['/var/tmp', 0o1777],
];

const NODE_DIRECTORIES: readonly Directory[] = [
  ['/etc/cni/net.d'],
  ['/etc/kubernetes/manifests'],
  ['/etc/systemd/system/multi-user.target.wants'],
  ['/opt/cni/bin'],
  ['/run/containerd', 0o711],
  ['/var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes', 0o711],
  ['/var/lib/kubelet', 0o700],
  ['/var/lib/kubelet/pods', 0o750],
  ['/var/lib/kubelet/pki'],
  ['/var/log/containers'],
  ['/var/log/pods', 0o750],
];

/** Programs of a node that files stand for although nothing here runs them. */
const PLACEHOLDERS = [
  '/opt/cni/bin/host-local',
  '/opt/cni/bin/loopback',
  '/opt/cni/bin/portmap',
  '/opt/cni/bin/ptp',
  '/usr/local/bin/containerd-shim-runc-v2',
  '/usr/local/bin/ctr',
  '/usr/local/sbin/runc',
];

const DEVICES = ['full', 'null', 'random', 'tty', 'urandom', 'zero'];

/** What the disk of a node holds before kubeadm comes: a Debian, as kind's node image has it. */
export function writeBaseFiles(files: FileSystemView, options: BaseFileOptions): void {
  writeDebianFiles(files, options);
  makeDirectories(files, NODE_DIRECTORIES);
  installFile(files, '/etc/crictl.yaml', 'runtime-endpoint: unix:///run/containerd/containerd.sock\n');
  for (const [path, text] of Object.entries(UNIT_FILES)) installFile(files, path, text);
  for (const [name, target] of Object.entries(ENABLED_UNITS))
    files.symlink(target, `/etc/systemd/system/multi-user.target.wants/${name}`);
  for (const path of PLACEHOLDERS)
    if (!options.programs.includes(path)) installFile(files, path, executable(path), 0o755);
}

/** What the disk of any machine holds: a Debian with one user, and its programs. */
export function writeDebianFiles(files: FileSystemView, options: BaseFileOptions): void {
  // As on a Debian with a merged /usr.
  for (const name of ['bin', 'sbin', 'lib']) {
    files.mkdir(`/usr/${name}`, { recursive: true });
    files.symlink(`usr/${name}`, `/${name}`);
  }
  makeDirectories(files, DIRECTORIES);
  files.symlink('/run', '/var/run');
  for (const name of DEVICES) files.mknod(`/dev/${name}`, 'character');
  for (const [path, text, mode] of entries(options)) installFile(files, path, text, mode);
  for (const path of options.programs) installFile(files, path, executable(path), 0o755);
  for (const path of ['', '/.bashrc', '/.profile']) files.chown(`/home/learner${path}`, LEARNER, LEARNER);
}

function makeDirectories(files: FileSystemView, directories: readonly Directory[]): void {
  for (const [path, mode = 0o755] of directories) {
    files.mkdir(path, { recursive: true });
    files.chmod(path, mode);
  }
}

/** The user of the lessons. */
export const LEARNER = 1000;

function entries({ name, address, machineId }: BaseFileOptions): readonly Entry[] {
  return [
    ['/etc/hostname', `${name}\n`],
    [
      '/etc/hosts',
      `127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::\tip6-localnet\nff00::\tip6-mcastprefix\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n${address}\t${name}\n`,
    ],
    ['/etc/machine-id', `${machineId}\n`, 0o444],
    ['/etc/resolv.conf', 'nameserver 172.18.0.1\noptions ndots:0\n'],
    ['/etc/os-release', OS_RELEASE],
    ['/etc/debian_version', '13.5\n'],
    ['/etc/bash.bashrc', BASHRC],
    ['/etc/profile', PROFILE],
    ['/home/learner/.bashrc', HOME_BASHRC],
    ['/home/learner/.profile', HOME_PROFILE],
    ['/etc/passwd', PASSWD],
    ['/etc/group', GROUP],
    ['/etc/shadow', 'root:*:20000:0:99999:7:::\nlearner:!:20000:0:99999:7:::\n', 0o640],
    ['/etc/sudoers.d/learner', 'learner ALL=(ALL) NOPASSWD:ALL\n', 0o440],
  ];
}

const OS_RELEASE = `PRETTY_NAME="Debian GNU/Linux 13 (trixie)"
NAME="Debian GNU/Linux"
VERSION_ID="13"
VERSION="13 (trixie)"
VERSION_CODENAME=trixie
DEBIAN_VERSION_FULL=13.5
ID=debian
HOME_URL="https://www.debian.org/"
SUPPORT_URL="https://www.debian.org/support"
BUG_REPORT_URL="https://bugs.debian.org/"
`;

const PASSWD = `root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
bin:x:2:2:bin:/bin:/usr/sbin/nologin
sys:x:3:3:sys:/dev:/usr/sbin/nologin
www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
learner:x:1000:1000::/home/learner:/bin/bash
`;

const GROUP = `root:x:0:
daemon:x:1:
bin:x:2:
sys:x:3:
adm:x:4:
tty:x:5:
sudo:x:27:
www-data:x:33:
shadow:x:42:
systemd-journal:x:999:
nogroup:x:65534:
learner:x:1000:
`;
