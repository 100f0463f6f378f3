import { measured, notMeasured, type Quantity } from '../kernel/quantity.ts'
import type { FactEntry } from '../schema/fact-book.ts'
import type { ExperimentArmRow } from './input.ts'
import { type Measure, measureOf } from './measure.ts'
import type { ReadoutSubject } from './subjects.ts'

/** A fact of one comparison; `metric` and `inputs` are completed by the comparison's prefix. */
export type Entry = Omit<FactEntry, 'id' | 'source'> & { readonly metric: string }

/** A figure that may be missing, and why it would be. */
export function known(value: number | null | undefined, why: string): Quantity {
  return value === null || value === undefined ? notMeasured(why) : measured(value)
}

/** How the value of an arm is read, in which unit two of them differ, and what tests the difference. */
export const READ: Readonly<
  Record<
    Measure,
    {
      readonly value: (role: string, arm: ExperimentArmRow) => Entry
      readonly unit: 'points' | 'number'
      readonly test: string
    }
  >
> = {
  rate: { value: rateEntry, unit: 'points', test: 'Welch t test' },
  mean: { value: meanEntry, unit: 'number', test: 'Welch t test' },
  ratio: {
    value: ratioEntry,
    unit: 'number',
    test: 'Welch t test on variances of the delta method',
  },
}

function usersEntry(role: string, { users }: ExperimentArmRow): Entry {
  return {
    metric: `${role}.users`,
    label: `Users, ${role}`,
    unit: 'count',
    quantity: measured(users),
  }
}

function rateEntry(role: string, { conversions, users }: ExperimentArmRow): Entry {
  const base = {
    metric: `${role}.value`,
    label: `Conversion rate, ${role}`,
    unit: 'rate' as const,
    formula: 'conversions ÷ users',
  }
  if (conversions === null || users === 0) {
    return { ...base, quantity: notMeasured('no users came') }
  }
  return {
    ...base,
    quantity: measured(conversions / users),
    numerator: conversions,
    denominator: users,
  }
}

function meanEntry(role: string, { mean }: ExperimentArmRow): Entry {
  return {
    metric: `${role}.value`,
    label: `Mean, ${role}`,
    unit: 'number',
    quantity: known(mean, 'the data set states no mean'),
  }
}

function ratioEntry(role: string, { mean, denominatorMean }: ExperimentArmRow): Entry {
  const base = {
    metric: `${role}.value`,
    label: `Ratio of two means per user, ${role}`,
    unit: 'number' as const,
    formula: 'mean ÷ denominator mean',
  }
  if (mean === null || denominatorMean === null) {
    return { ...base, quantity: notMeasured('the data set states no mean or no denominator mean') }
  }
  const divided = { ...base, numerator: mean, denominator: denominatorMean }
  return denominatorMean === 0
    ? { ...divided, quantity: notMeasured('the denominator is zero') }
    : { ...divided, quantity: measured(mean / denominatorMean) }
}

/** Users and value of both arms; an arm that is missing has none. */
export function armEntries({ readout: { trial, control, treatment } }: ReadoutSubject): Entry[] {
  const { value } = READ[measureOf(trial)]
  return [
    ...(control === null ? [] : [usersEntry('control', control), value('control', control)]),
    ...(treatment === null
      ? []
      : [usersEntry('treatment', treatment), value('treatment', treatment)]),
  ]
}
