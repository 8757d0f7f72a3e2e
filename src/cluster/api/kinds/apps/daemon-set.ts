import { isEqual } from '../../json.ts';
import { AGE, column, type Kind, NAME, usual } from '../../kind.ts';
import { subdomain1123 } from '../../names.ts';
import { formatSelector } from '../../selectors/labels.ts';
import { ageOf } from '../../time.ts';
import type { DaemonSet } from '../../types/workloads.ts';
import { containerCells, labelCell } from '../cells.ts';
import { completeTemplate } from '../pod/defaults.ts';
import { checkSelectorUpdate, checkShare, validateWorkload } from './template.ts';

const NONE = { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 };

/** What counted the changes of a template before there were ControllerRevisions; its Pods are still labelled with it. */
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

/** pkg/registry/apps/daemonset */
export const daemonSet: Kind<DaemonSet> = {
  ...usual,
  group: 'apps',
  version: 'v1',
  kind: 'DaemonSet',
  plural: 'daemonsets',
  singular: 'daemonset',
  shortNames: ['ds'],
  categories: ['all'],
  storagePath: 'daemonsets',
  definition: 'apps.v1.DaemonSet',
  checkName: subdomain1123,
  hasStatus: true,
  hasGeneration: true,
  complete: (object) => {
    const { spec } = object;
    const type = spec.updateStrategy?.type ?? 'RollingUpdate';
    return {
      ...object,
      spec: {
        ...spec,
        template: completeTemplate(spec.template),
        updateStrategy:
          type === 'RollingUpdate'
            ? { type, rollingUpdate: { maxSurge: 0, maxUnavailable: 1, ...spec.updateStrategy?.rollingUpdate } }
            : { ...spec.updateStrategy, type },
        revisionHistoryLimit: spec.revisionHistoryLimit ?? 10,
      },
      status: object.status ?? NONE,
    };
  },
  prepareCreate: (object) => ({ ...withTemplateGeneration(object, 1), status: NONE }),
  prepareUpdate: (next, before, scope) => {
    if (scope === 'status') return { ...next, spec: before.spec };
    const generation = Number(before.metadata.annotations?.[TEMPLATE_GENERATION] ?? 0);
    const isSame = isEqual(next.spec.template, before.spec.template);
    return { ...withTemplateGeneration(next, isSame ? generation : generation + 1), status: before.status };
  },
  validate: ({ spec }) => [
    ...validateWorkload(spec),
    ...checkShare(
      spec.updateStrategy.rollingUpdate?.maxUnavailable,
      'spec.updateStrategy.rollingUpdate.maxUnavailable',
    ),
    ...checkShare(spec.updateStrategy.rollingUpdate?.maxSurge, 'spec.updateStrategy.rollingUpdate.maxSurge'),
  ],
  validateUpdate: (next, before, scope) => (scope === 'main' ? checkSelectorUpdate(next.spec, before.spec) : []),
  columns: [
    NAME,
    column('Desired', 'integer'),
    column('Current', 'integer'),
    column('Ready', 'integer'),
    column('Up-to-date', 'integer'),
    column('Available', 'integer'),
    column('Node Selector'),
    AGE,
    column('Containers', 'wide'),
    column('Images', 'wide'),
    column('Selector', 'wide'),
  ],
  row: ({ metadata, spec, status }, now) => [
    metadata.name,
    status.desiredNumberScheduled,
    status.currentNumberScheduled,
    status.numberReady,
    status.updatedNumberScheduled ?? 0,
    status.numberAvailable ?? 0,
    labelCell(spec.template.spec.nodeSelector),
    ageOf(metadata.creationTimestamp, now),
    ...containerCells(spec.template),
    formatSelector(spec.selector),
  ],
};

function withTemplateGeneration(object: DaemonSet, generation: number): DaemonSet {
  const annotations = { ...object.metadata.annotations, [TEMPLATE_GENERATION]: `${generation}` };
  return { ...object, metadata: { ...object.metadata, annotations } };
}
