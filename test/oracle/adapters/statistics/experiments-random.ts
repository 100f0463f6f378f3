import { experimentAdapter } from '../../experiment-cases.ts'

/** Compared arms drawn at random: rates, means, ratios, and both adjusted by an earlier period. */
export const adapter = experimentAdapter('statistics/experiments_random')
