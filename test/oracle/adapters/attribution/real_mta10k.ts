import type { OracleAdapter } from '#test/oracle/adapter.ts'
import { readInput } from '#test/support/attribution/inputs.ts'
import { RealFile, runRealFile } from '#test/support/attribution/real-journeys.ts'

export const adapter: OracleAdapter = {
  kind: 'attribution/real_mta10k',
  run: (file, directory) => {
    const { input, expected } = RealFile.parse(file)
    const log = readInput(directory, input).map((line) => {
      const [person = '', time = '', channel = '', , conversion] = line.split(',')
      const atMs = Date.parse(`${time.replace(' ', 'T')}Z`)
      return { person, atMs, channel, value: conversion === 'Yes' ? '1' : null }
    })
    return runRealFile(expected, log)
  },
}
