import type { Program } from '#machine/program.ts';
import type { CatalogImage } from './node/containerd/catalog.ts';
import { BASHRC } from './node/host/bashrc.ts';
import { nginxProgram } from './workloads/nginx.ts';
import { NGINX_FILES } from './workloads/nginx-files.ts';
import { pauseProgram } from './workloads/pause.ts';

/** Versions of what a cluster of the release is made of. */
export const VERSIONS = {
  kubernetes: 'v1.36.4',
  etcd: '3.6.8-0',
  coredns: 'v1.14.2',
  pause: '3.10.2',
  kindnetd: 'v20260528',
  containerd: '2.3.7',
} as const;

/** What is on a node before any registry is asked. */
export const NODE_IMAGES = [
  `registry.k8s.io/kube-apiserver:${VERSIONS.kubernetes}`,
  `registry.k8s.io/kube-controller-manager:${VERSIONS.kubernetes}`,
  `registry.k8s.io/kube-scheduler:${VERSIONS.kubernetes}`,
  `registry.k8s.io/kube-proxy:${VERSIONS.kubernetes}`,
  `registry.k8s.io/etcd:${VERSIONS.etcd}`,
  `registry.k8s.io/coredns/coredns:${VERSIONS.coredns}`,
  `registry.k8s.io/pause:${VERSIONS.pause}`,
  `docker.io/kindest/kindnetd:${VERSIONS.kindnetd}`,
];

/** Programs of the cluster's own images, by the name of their image. */
export type ComponentPrograms = Readonly<
  Record<
    'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler' | 'kube-proxy' | 'coredns' | 'kindnetd',
    Program
  >
>;

/** The shells and tools that images are made of, by their names in /bin. */
export interface Userland {
  readonly busybox: Readonly<Record<string, Program>>;
  readonly debian: Readonly<Record<string, Program>>;
  readonly curl?: Program;
  /** What the image of etcd has beside it. */
  readonly etcd?: Readonly<Record<string, Program>>;
}

export const NO_USERLAND: Userland = { busybox: {}, debian: {} };

/** What registries have. */
export function images(components: ComponentPrograms, userland: Userland): readonly CatalogImage[] {
  const component = (
    name: keyof ComponentPrograms,
    repository: string,
    tag: string,
    size: number,
    entrypoint: readonly string[],
    path = `/usr/local/bin/${name}`,
  ): CatalogImage => ({
    repository,
    tags: [tag],
    size,
    entrypoint,
    command: [],
    programs: { [path]: components[name] },
  });
  const { kubernetes } = VERSIONS;
  return [
    component('kube-apiserver', 'registry.k8s.io/kube-apiserver', kubernetes, 27_500_000, ['kube-apiserver']),
    component('kube-controller-manager', 'registry.k8s.io/kube-controller-manager', kubernetes, 23_100_000, [
      'kube-controller-manager',
    ]),
    component('kube-scheduler', 'registry.k8s.io/kube-scheduler', kubernetes, 17_400_000, ['kube-scheduler']),
    component('kube-proxy', 'registry.k8s.io/kube-proxy', kubernetes, 25_900_000, ['kube-proxy']),
    withTools(component('etcd', 'registry.k8s.io/etcd', VERSIONS.etcd, 23_700_000, ['etcd']), userland.etcd),
    component('coredns', 'registry.k8s.io/coredns/coredns', VERSIONS.coredns, 23_600_000, ['/coredns'], '/coredns'),
    component(
      'kindnetd',
      'docker.io/kindest/kindnetd',
      VERSIONS.kindnetd,
      44_000_000,
      ['/bin/kindnetd'],
      '/bin/kindnetd',
    ),
    {
      repository: 'registry.k8s.io/pause',
      tags: [VERSIONS.pause],
      size: 320_000,
      entrypoint: ['/pause'],
      command: [],
      programs: { '/pause': pauseProgram },
    },
    ...nginxImages(userland),
    ...['1.36', '1.37', 'latest', 'stable'].map((tag) => ({
      repository: 'busybox',
      tags: [tag],
      size: 2_200_000,
      entrypoint: [],
      command: ['sh'],
      programs: userland.busybox,
    })),
  ];
}

function withTools(image: CatalogImage, tools: Readonly<Record<string, Program>> = {}): CatalogImage {
  const added = Object.entries(tools).map(([name, program]) => [`/usr/local/bin/${name}`, program] as const);
  return { ...image, programs: { ...image.programs, ...Object.fromEntries(added) } };
}

const NGINX: readonly (readonly [tags: readonly string[], version: string, base: 'debian' | 'busybox'])[] = [
  [['latest', '1.29'], '1.29.3', 'debian'],
  [['alpine', '1.29-alpine'], '1.29.3', 'busybox'],
  [['1.27'], '1.27.5', 'debian'],
  [['1.27-alpine'], '1.27.5', 'busybox'],
  [['1.26'], '1.26.3', 'debian'],
  [['1.25'], '1.25.5', 'debian'],
];

function nginxImages(userland: Userland): readonly CatalogImage[] {
  const { curl } = userland;
  return NGINX.map(([tags, version, base]) => ({
    repository: 'nginx',
    tags,
    size: 60_000_000,
    entrypoint: ['nginx'],
    command: ['-g', 'daemon off;'],
    environment: [
      ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
      ['NGINX_VERSION', version],
    ],
    files: { ...NGINX_FILES, ...(base === 'debian' && { '/etc/bash.bashrc': BASHRC }) },
    programs: { ...userland[base], ...(curl && { curl }), '/usr/sbin/nginx': nginxProgram(version) },
  }));
}
