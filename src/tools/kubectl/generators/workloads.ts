import { CommandError } from '../command/errors.ts';
import type { AnyObject } from '../resources/object.ts';
import { containerName } from './pod-template.ts';

export interface DeploymentOptions {
  readonly name: string;
  readonly images: readonly string[];
  readonly replicas: number;
  readonly port: number;
  readonly command: readonly string[];
}

/** kubectl create deployment */
export function deployment({ name, images, replicas, port, command }: DeploymentOptions): AnyObject {
  if (images.length > 1 && command.length > 0)
    throw new CommandError('cannot specify multiple --image options and command');
  const labels = { app: name };
  const containers = images.map((image) => ({
    image,
    name: containerName(image),
    resources: {},
    ...(command.length > 0 && { command }),
  }));
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { labels, name },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      strategy: {},
      template: {
        metadata: { labels },
        spec: {
          containers:
            port > 0
              ? containers.map((each, index) => (index === 0 ? { ...each, ports: [{ containerPort: port }] } : each))
              : containers,
        },
      },
    },
    status: {},
  };
}

/** kubectl create job */
export function job(name: string, image: string, command: readonly string[]): AnyObject {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name },
    spec: {
      template: {
        metadata: {},
        spec: {
          containers: [{ image, name, resources: {}, ...(command.length > 0 && { command }) }],
          restartPolicy: 'Never',
        },
      },
    },
    status: {},
  };
}

/** kubectl create job --from=cronjob/NAME */
export function jobFrom(name: string, cronJob: AnyObject): AnyObject {
  const { jobTemplate } = cronJob['spec'] as {
    readonly jobTemplate: {
      readonly metadata?: { readonly labels?: object; readonly annotations?: object };
      readonly spec: object;
    };
  };
  const { name: owner = '', uid = '' } = cronJob.metadata ?? {};
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      annotations: { 'cronjob.kubernetes.io/instantiate': 'manual', ...jobTemplate.metadata?.annotations },
      ...(jobTemplate.metadata?.labels && { labels: jobTemplate.metadata.labels as Readonly<Record<string, string>> }),
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: owner, uid, controller: true }],
    },
    spec: jobTemplate.spec,
    status: {},
  };
}

/** kubectl create cronjob */
export function cronJob(
  name: string,
  image: string,
  schedule: string,
  restartPolicy: string,
  command: readonly string[],
): AnyObject {
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name },
    spec: {
      jobTemplate: {
        metadata: { name },
        spec: {
          template: {
            metadata: {},
            spec: {
              containers: [{ image, name, resources: {}, ...(command.length > 0 && { command }) }],
              restartPolicy,
            },
          },
        },
      },
      schedule,
    },
    status: {},
  };
}
