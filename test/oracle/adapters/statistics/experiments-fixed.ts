import { experimentAdapter } from '../../experiment-cases.ts'

/** Compared arms chosen by hand, with the edges of the definitions. */
export const adapter = experimentAdapter('statistics/experiments_fixed')
