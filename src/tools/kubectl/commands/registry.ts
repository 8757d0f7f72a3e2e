import type { Command } from '../command/command.ts';
import { apiResources, apiVersions, clusterInfo, version } from './api.ts';
import { apply } from './apply.ts';
import { auth } from './auth.ts';
import { completion } from './completion.ts';
import { config } from './config.ts';
import { create } from './create.ts';
import { deleteCommand } from './delete.ts';
import { describe } from './describe.ts';
import { diff } from './diff.ts';
import { edit } from './edit.ts';
import { eventsCommand } from './events.ts';
import { exec } from './exec.ts';
import { explain } from './explain.ts';
import { expose } from './expose.ts';
import { get } from './get.ts';
import { annotate, label } from './label.ts';
import { logs } from './logs.ts';
import { cordon, drain, uncordon } from './nodes.ts';
import { NOT_SIMULATED, top } from './not-simulated.ts';
import { patchCommand } from './patch.ts';
import { replace } from './replace.ts';
import { rollout } from './rollout.ts';
import { run } from './run.ts';
import { scale } from './scale.ts';
import { set } from './set.ts';
import { taint } from './taint.ts';
import { waitCommand } from './wait.ts';

/** Every command of kubectl, in the order of its help. */
export const COMMANDS: readonly Command[] = [
  create,
  expose,
  run,
  set,
  get,
  edit,
  deleteCommand,
  rollout,
  scale,
  auth,
  clusterInfo,
  top,
  cordon,
  uncordon,
  drain,
  taint,
  describe,
  logs,
  exec,
  diff,
  apply,
  patchCommand,
  replace,
  waitCommand,
  label,
  annotate,
  apiResources,
  apiVersions,
  completion,
  config,
  version,
  eventsCommand,
  explain,
  ...NOT_SIMULATED,
];
