import { lookbackAdapter } from '#test/support/attribution/speed-lookback.ts'

export const adapter = lookbackAdapter('attribution/speed_lookback30')
