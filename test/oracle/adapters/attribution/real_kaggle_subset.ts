import type { OracleAdapter } from '#test/oracle/adapter.ts'
import { readInput } from '#test/support/attribution/inputs.ts'
import { RealFile, runRealFile } from '#test/support/attribution/real-journeys.ts'

export const adapter: OracleAdapter = {
  kind: 'attribution/real_kaggle_subset',
  run: (file, directory) => {
    const { input, expected } = RealFile.parse(file)
    const log = readInput(directory, input).map((line) => {
      const [person = '', time = '', , conversion, value = '0', channel = ''] = line.split(',')
      return { person, atMs: Date.parse(time), channel, value: conversion === '1' ? value : null }
    })
    return runRealFile(expected, log)
  },
}
