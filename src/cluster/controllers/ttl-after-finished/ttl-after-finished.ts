import { parseTime } from '#kernel/calendar.ts';
import { job as jobKind } from '../../api/kinds/batch/job.ts';
import { keyOf, splitKey } from '../../api/object.ts';
import type { Job } from '../../api/types/workloads.ts';
import { type Controller, type ControllerContext, controllerQueue } from '../controller.ts';

/** Deletes finished Jobs when their `ttlSecondsAfterFinished` are over (pkg/controller/ttlafterfinished). */
export function startTtlAfterFinished(context: ControllerContext): Controller {
  const { client, informers, kernel, log } = context;
  const queue = controllerQueue(context, 'ttl_jobs_to_delete', sync);
  const jobs = informers.of(jobKind);
  const enqueue = (job: Job) => {
    if (expiryOf(job) !== undefined) queue.add(keyOf(job));
  };
  jobs.handle({ added: enqueue, updated: enqueue });
  log.info('ttlafterfinished_controller.go:112', 'Starting TTL after finished controller', {
    logger: 'ttl-after-finished-controller',
  });

  function sync(key: string): void {
    if (!isOver(key, jobs.getByKey(key))) return;
    const { namespace, name } = splitKey(key);
    // The cache may be old, and the Job another one of that name by now.
    const fresh = client.find(jobKind, namespace, name);
    if (!fresh || !isOver(key, fresh)) return;
    client.delete(jobKind, fresh, { propagationPolicy: 'Foreground', preconditions: { uid: fresh.metadata.uid } });
  }

  function isOver(key: string, job: Job | undefined): boolean {
    const expiry = job && expiryOf(job);
    if (expiry === undefined) return false;
    if (expiry > kernel.now) queue.addAfter(key, expiry - kernel.now);
    return expiry <= kernel.now;
  }

  return { name: 'ttl-after-finished', stop: () => queue.stop() };
}

/** When a Job is to be deleted, in milliseconds since the epoch; undefined for one that is to stay, or that runs. */
function expiryOf({ metadata, spec, status }: Job): number | undefined {
  const { ttlSecondsAfterFinished: seconds } = spec;
  if (seconds === undefined || metadata.deletionTimestamp !== undefined) return undefined;
  const finished = status.conditions?.find(
    ({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
  );
  return finished?.lastTransitionTime ? parseTime(finished.lastTransitionTime) + seconds * 1000 : undefined;
}
