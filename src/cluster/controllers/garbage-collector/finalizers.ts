/** metav1.FinalizerDeleteDependents */
export const FOREGROUND = 'foregroundDeletion';
/** metav1.FinalizerOrphanDependents */
export const ORPHAN = 'orphan';
