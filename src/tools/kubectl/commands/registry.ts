import type { Command } from '../command/command.ts';
import { apiResources, apiVersions, clusterInfo, version } from './api.ts';
import { auth } from './auth.ts';
import { config } from './config.ts';
import { create } from './create.ts';
import { deleteCommand } from './delete.ts';
import { describe } from './describe.ts';
import { exec } from './exec.ts';
import { get } from './get.ts';
import { annotate, label } from './label.ts';
import { logs } from './logs.ts';
import { cordon, drain, uncordon } from './nodes.ts';
import { patchCommand } from './patch.ts';
import { run } from './run.ts';
import { scale } from './scale.ts';
import { waitCommand } from './wait.ts';

/** Every command of kubectl, in the order of its help. */
export const COMMANDS: readonly Command[] = [
  create,
  run,
  get,
  deleteCommand,
  scale,
  patchCommand,
  label,
  annotate,
  describe,
  logs,
  exec,
  waitCommand,
  cordon,
  uncordon,
  drain,
  auth,
  config,
  clusterInfo,
  apiResources,
  apiVersions,
  version,
];
