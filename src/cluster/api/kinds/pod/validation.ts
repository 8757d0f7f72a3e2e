import {
  duplicate,
  type FieldError,
  forbiddenValue,
  invalidValue,
  notSupported,
  required,
  valueNotFound,
} from '../../field-error.ts';
import { environmentName, label1123, portName, portNumber, qualifiedName } from '../../names.ts';
import { Quantity } from '../../quantity.ts';
import { checkLabels } from '../../selectors/labels.ts';
import type { Container, Handler, PodSpec, Probe, ResourceList, Toleration } from '../../types/pod.ts';

/** pkg/apis/core/validation.ValidatePodSpec, as far as the course's fields go. @param at as `spec` or `spec.template.spec` */
export function validatePodSpec(spec: PodSpec, at: string): FieldError[] {
  const volumes = new Set((spec.volumes ?? []).map((volume) => volume.name));
  return [
    ...validateVolumes(spec, `${at}.volumes`),
    ...validateContainers(spec.containers, volumes, `${at}.containers`),
    ...validateInitContainers(spec, volumes, `${at}.initContainers`),
    ...oneOf(`${at}.restartPolicy`, spec.restartPolicy, ['Always', 'OnFailure', 'Never']),
    ...oneOf(`${at}.dnsPolicy`, spec.dnsPolicy, ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']),
    ...atLeastZero(`${at}.terminationGracePeriodSeconds`, spec.terminationGracePeriodSeconds),
    ...checkLabels(spec.nodeSelector, `${at}.nodeSelector`),
    ...(spec.activeDeadlineSeconds !== undefined && spec.activeDeadlineSeconds < 1
      ? [
          invalidValue(
            `${at}.activeDeadlineSeconds`,
            spec.activeDeadlineSeconds,
            'must be between 1 and 2147483647, inclusive',
          ),
        ]
      : []),
    ...(spec.tolerations ?? []).flatMap((toleration, index) =>
      validateToleration(toleration, `${at}.tolerations[${index}]`),
    ),
    ...(spec.hostname === undefined
      ? []
      : label1123(spec.hostname).map((message) => invalidValue(`${at}.hostname`, spec.hostname, message))),
  ];
}

function validateVolumes(spec: PodSpec, at: string): FieldError[] {
  const seen = new Set<string>();
  return (spec.volumes ?? []).flatMap((volume, index) => {
    const errors: FieldError[] = [];
    const field = `${at}[${index}]`;
    if (!volume.name) errors.push(required(`${field}.name`));
    else errors.push(...label1123(volume.name).map((message) => invalidValue(`${field}.name`, volume.name, message)));
    if (seen.has(volume.name)) errors.push(duplicate(`${field}.name`, volume.name));
    seen.add(volume.name);
    const { name: _, ...sources } = volume;
    if (Object.keys(sources).length > 1) {
      const second = Object.keys(sources)[1];
      errors.push(forbiddenValue(`${field}.${second}`, 'may not specify more than 1 volume type'));
    }
    if (volume.hostPath && !volume.hostPath.path) errors.push(required(`${field}.hostPath.path`));
    if (volume.secret && !volume.secret.secretName) errors.push(required(`${field}.secret.secretName`));
    if (volume.configMap && !volume.configMap.name) errors.push(required(`${field}.configMap.name`));
    return errors;
  });
}

function validateContainers(
  containers: readonly Container[] | undefined,
  volumes: ReadonlySet<string>,
  at: string,
): FieldError[] {
  if (!containers || containers.length === 0) return [required(at)];
  const seen = new Set<string>();
  return containers.flatMap((container, index) => validateContainer(container, volumes, seen, `${at}[${index}]`));
}

function validateInitContainers(spec: PodSpec, volumes: ReadonlySet<string>, at: string): FieldError[] {
  const seen = new Set((spec.containers ?? []).map((container) => container.name));
  return (spec.initContainers ?? []).flatMap((container, index) => {
    const field = `${at}[${index}]`;
    const errors = validateContainer(container, volumes, seen, field);
    if (container.restartPolicy === 'Always') return errors;
    for (const member of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
      if (container[member])
        errors.push(
          forbiddenValue(`${field}.${member}`, 'may not be set for init containers without restartPolicy=Always'),
        );
    }
    return errors;
  });
}

function validateContainer(
  container: Container,
  volumes: ReadonlySet<string>,
  seen: Set<string>,
  at: string,
): FieldError[] {
  const errors: FieldError[] = [];
  if (!container.name) errors.push(required(`${at}.name`));
  else errors.push(...label1123(container.name).map((message) => invalidValue(`${at}.name`, container.name, message)));
  if (container.name && seen.has(container.name)) errors.push(duplicate(`${at}.name`, container.name));
  seen.add(container.name);
  if (!container.image) errors.push(required(`${at}.image`));
  else if (container.image !== container.image.trim()) {
    errors.push(invalidValue(`${at}.image`, container.image, 'must not have leading or trailing whitespace'));
  }
  return [
    ...errors,
    ...validateProbe(container.livenessProbe, `${at}.livenessProbe`, true),
    ...validateProbe(container.readinessProbe, `${at}.readinessProbe`, false),
    ...validateProbe(container.startupProbe, `${at}.startupProbe`, true),
    ...validatePorts(container, `${at}.ports`),
    ...validateEnv(container, `${at}.env`),
    ...validateMounts(container, volumes, `${at}.volumeMounts`),
    ...oneOf(`${at}.imagePullPolicy`, container.imagePullPolicy, ['Always', 'IfNotPresent', 'Never']),
    ...validateResources(container, `${at}.resources`),
  ];
}

function validatePorts(container: Container, at: string): FieldError[] {
  const names = new Set<string>();
  return (container.ports ?? []).flatMap((port, index) => {
    const field = `${at}[${index}]`;
    const errors: FieldError[] = [];
    if (port.name) {
      errors.push(...portName(port.name).map((message) => invalidValue(`${field}.name`, port.name, message)));
      if (names.has(port.name)) errors.push(duplicate(`${field}.name`, port.name));
      names.add(port.name);
    }
    if (!port.containerPort) errors.push(required(`${field}.containerPort`));
    else {
      errors.push(
        ...portNumber(port.containerPort).map((message) =>
          invalidValue(`${field}.containerPort`, port.containerPort, message),
        ),
      );
    }
    if (port.hostPort) {
      errors.push(
        ...portNumber(port.hostPort).map((message) => invalidValue(`${field}.hostPort`, port.hostPort, message)),
      );
    }
    errors.push(...oneOf(`${field}.protocol`, port.protocol, ['SCTP', 'TCP', 'UDP']));
    return errors;
  });
}

function validateEnv(container: Container, at: string): FieldError[] {
  return (container.env ?? []).flatMap((env, index) => {
    const field = `${at}[${index}]`;
    if (!env.name) return [required(`${field}.name`)];
    const errors = environmentName(env.name).map((message) => invalidValue(`${field}.name`, env.name, message));
    if (env.value && env.valueFrom)
      errors.push(invalidValue(`${field}.valueFrom`, '', 'may not be specified when `value` is not empty'));
    return errors;
  });
}

function validateMounts(container: Container, volumes: ReadonlySet<string>, at: string): FieldError[] {
  const paths = new Set<string>();
  return (container.volumeMounts ?? []).flatMap((mount, index) => {
    const field = `${at}[${index}]`;
    const errors: FieldError[] = [];
    if (!mount.name) errors.push(required(`${field}.name`));
    if (!volumes.has(mount.name)) errors.push(valueNotFound(`${field}.name`, mount.name));
    if (!mount.mountPath) errors.push(required(`${field}.mountPath`));
    if (paths.has(mount.mountPath)) errors.push(invalidValue(`${field}.mountPath`, mount.mountPath, 'must be unique'));
    paths.add(mount.mountPath);
    return errors;
  });
}

function validateResources({ resources }: Container, at: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const member of ['limits', 'requests'] as const)
    errors.push(...validateAmounts(resources?.[member], `${at}.${member}`));
  if (errors.length > 0) return errors;
  for (const [name, request] of Object.entries(resources?.requests ?? {})) {
    const limit = resources?.limits?.[name];
    if (limit === undefined || Quantity.parse(request).compare(Quantity.parse(limit)) <= 0) continue;
    errors.push(invalidValue(`${at}.requests`, request, `must be less than or equal to ${name} limit of ${limit}`));
  }
  return errors;
}

const STANDARD_RESOURCES = new Set(['cpu', 'memory', 'ephemeral-storage', 'storage']);

function validateAmounts(list: ResourceList | undefined, at: string): FieldError[] {
  return Object.entries(list ?? {}).flatMap(([name, amount]) => {
    const field = `${at}[${name}]`;
    const errors = qualifiedName(name).map((message) => invalidValue(field, name, message));
    if (!name.includes('/') && !STANDARD_RESOURCES.has(name) && !name.startsWith('hugepages-')) {
      errors.push(invalidValue(field, name, 'must be a standard resource for containers'));
    }
    if (Quantity.parse(amount).isNegative)
      errors.push(invalidValue(field, amount, 'must be greater than or equal to 0'));
    return errors;
  });
}

function validateProbe(probe: Probe | undefined, at: string, onlyOneSuccess: boolean): FieldError[] {
  if (!probe) return [];
  const errors = validateHandler(probe, at);
  for (const member of [
    'initialDelaySeconds',
    'timeoutSeconds',
    'periodSeconds',
    'successThreshold',
    'failureThreshold',
  ] as const) {
    errors.push(...atLeastZero(`${at}.${member}`, probe[member]));
  }
  if (onlyOneSuccess && probe.successThreshold !== undefined && probe.successThreshold !== 1) {
    errors.push(invalidValue(`${at}.successThreshold`, probe.successThreshold, 'must be 1'));
  }
  return errors;
}

function validateHandler(handler: Handler, at: string): FieldError[] {
  const given = (['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'] as const).filter((name) => handler[name]);
  if (given.length === 0) return [required(at, 'must specify a handler type')];
  const errors = given
    .slice(1)
    .map((name) => forbiddenValue(`${at}.${name}`, 'may not specify more than 1 handler type'));
  if (handler.exec && !handler.exec.command?.length) errors.push(required(`${at}.exec.command`));
  for (const name of ['httpGet', 'tcpSocket'] as const) {
    const port = handler[name]?.port;
    if (typeof port !== 'number') continue;
    errors.push(...portNumber(port).map((message) => invalidValue(`${at}.${name}.port`, port, message)));
  }
  return errors;
}

function validateToleration(toleration: Toleration, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const operator = toleration.operator ?? 'Equal';
  if (toleration.key)
    errors.push(...qualifiedName(toleration.key).map((message) => invalidValue(`${at}.key`, toleration.key, message)));
  else if (operator !== 'Exists') {
    errors.push(
      invalidValue(
        `${at}.operator`,
        toleration.operator ?? '',
        'operator must be Exists when `key` is empty, which means "match all values and all keys"',
      ),
    );
  }
  if (toleration.tolerationSeconds !== undefined && toleration.effect !== 'NoExecute') {
    errors.push(
      invalidValue(
        `${at}.effect`,
        toleration.effect ?? '',
        "effect must be 'NoExecute' when `tolerationSeconds` is set",
      ),
    );
  }
  if (operator === 'Exists' && toleration.value) {
    errors.push(invalidValue(`${at}.operator`, toleration, "value must be empty when `operator` is 'Exists'"));
  }
  if (!['Equal', 'Exists'].includes(operator))
    errors.push(notSupported(`${at}.operator`, operator, ['Equal', 'Exists']));
  if (toleration.effect)
    errors.push(...oneOf(`${at}.effect`, toleration.effect, ['NoSchedule', 'PreferNoSchedule', 'NoExecute']));
  return errors;
}

function oneOf(field: string, value: string | undefined, supported: readonly string[]): FieldError[] {
  return value === undefined || supported.includes(value) ? [] : [notSupported(field, value, supported)];
}

function atLeastZero(field: string, value: number | undefined): FieldError[] {
  return value === undefined || value >= 0 ? [] : [invalidValue(field, value, 'must be greater than or equal to 0')];
}
