import { speedAdapter } from '#test/support/attribution/speed-paths.ts'

export const adapter = speedAdapter('attribution/speed')
