/** Sets whose ids other sets may refer to. */
export type Referenced = 'campaigns' | 'segments' | 'channels'

/** Whether other sets may refer to the rows of this one. */
export function isReferenced(dataset: string): dataset is Referenced {
  return dataset === 'campaigns' || dataset === 'segments' || dataset === 'channels'
}

/** What a cell of a column may hold. How each becomes a column of the warehouse is told in `table.ts`. */
export type ColumnType =
  | { readonly kind: 'id' }
  | { readonly kind: 'text'; readonly maxLength: number; readonly lineBreaks: boolean }
  | { readonly kind: 'word' }
  | { readonly kind: 'choice'; readonly values: readonly string[] }
  | { readonly kind: 'currency' }
  | { readonly kind: 'date' }
  | { readonly kind: 'month' }
  | { readonly kind: 'instant' }
  | { readonly kind: 'count'; readonly min: number }
  | { readonly kind: 'decimal'; readonly min?: number; readonly max?: number }
  /** A decimal that is read and never summed: kept as the text it came as, with every digit. */
  | { readonly kind: 'figure'; readonly min?: number }
  | { readonly kind: 'money'; readonly negative: boolean }
  | { readonly kind: 'boolean' }

/** One column of a data set: its name is a promise to users and never changes. */
export interface Column {
  readonly name: string
  readonly type: ColumnType
  readonly required: boolean
  /** The cell must be an id accepted in this set, when that set has rows. */
  readonly references?: Referenced
}

/** A name, a person, a reason: one line. */
export const TEXT: ColumnType = { kind: 'text', maxLength: 1000, lineBreaks: false }
/** Copy, notes, evidence: several lines. */
export const PROSE: ColumnType = { kind: 'text', maxLength: 20_000, lineBreaks: true }
/** A URL, a search query, a path of channels: one long line. */
export const LONG_TEXT: ColumnType = { kind: 'text', maxLength: 10_000, lineBreaks: false }
export const ID: ColumnType = { kind: 'id' }
/** A name in lower case such as `demo_request`, from a list the policy or the user owns. */
export const WORD: ColumnType = { kind: 'word' }
export const CURRENCY: ColumnType = { kind: 'currency' }
export const DATE: ColumnType = { kind: 'date' }
export const MONTH: ColumnType = { kind: 'month' }
export const INSTANT: ColumnType = { kind: 'instant' }
export const COUNT: ColumnType = { kind: 'count', min: 0 }
export const DECIMAL: ColumnType = { kind: 'decimal' }
/** A mean, a covariance: a figure of a sample. */
export const FIGURE: ColumnType = { kind: 'figure' }
/** A variance. */
export const SPREAD: ColumnType = { kind: 'figure', min: 0 }
export const BOOLEAN: ColumnType = { kind: 'boolean' }
/** An amount that cannot be below zero. */
export const AMOUNT: ColumnType = { kind: 'money', negative: false }
/** An amount that is negative when money goes back: refunds, retractions. */
export const SIGNED_AMOUNT: ColumnType = { kind: 'money', negative: true }

export function choice(...values: readonly string[]): ColumnType {
  return { kind: 'choice', values }
}

export function required(name: string, type: ColumnType): Column {
  return { name, type, required: true }
}

export function optional(name: string, type: ColumnType): Column {
  return { name, type, required: false }
}

/** A required id of another set. */
export function refersTo(references: Referenced, name: string): Column {
  return { name, type: ID, required: true, references }
}

/** An id of another set that may be left empty. */
export function mayReferTo(references: Referenced, name: string): Column {
  return { name, type: ID, required: false, references }
}
