import { experimentAdapter } from '../../experiment-cases.ts'

/** Compared arms of public experiments, with their traffic split. */
export const adapter = experimentAdapter('statistics/experiments_real')
