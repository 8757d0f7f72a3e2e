import type { AnyKind } from '../api/kinds/kinds.ts';
import type { Descriptions } from '../apiserver/discovery/openapi/schemas.ts';
import type { ComponentPrograms } from '../images.ts';
import { corednsProgram } from './coredns.ts';
import { etcdProgram } from './etcd.ts';
import type { EtcdDisk } from './etcd-data.ts';
import { kindnetdProgram } from './kindnetd.ts';
import { apiServerProgram } from './kube-apiserver.ts';
import { controllerManagerProgram } from './kube-controller-manager.ts';
import { kubeProxyProgram } from './kube-proxy.ts';
import { schedulerProgram } from './kube-scheduler.ts';

export interface ComponentOptions {
  readonly descriptions?: Descriptions;
  readonly decodeProtobuf?: (bytes: string) => unknown;
  /** What CustomResourceDefinitions define. */
  readonly customKinds?: readonly AnyKind[];
}

/** The programs in the images of the release. @param disk of etcd */
export function componentPrograms(options: ComponentOptions, disk: EtcdDisk): ComponentPrograms {
  return {
    etcd: etcdProgram(disk),
    'kube-apiserver': apiServerProgram(options),
    'kube-controller-manager': controllerManagerProgram,
    'kube-scheduler': schedulerProgram,
    'kube-proxy': kubeProxyProgram,
    coredns: corednsProgram,
    kindnetd: kindnetdProgram,
  };
}
