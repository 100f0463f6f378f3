/** A figure of a subject as a reader sees it, whatever tokens there are for it. */
export interface SeenFigure {
  /** In lower case, the longest first: `credited conversions`, `credited conversion`. */
  readonly labels: readonly string[]
  readonly current: string
  readonly previous: string | null
  /** Sizes of its movement: `35.7%`, `+14.7 points`, `under 0.1%`. */
  readonly sizes: readonly string[]
  readonly direction: 'rise' | 'fall' | 'none' | 'unknown'
}

/** Somebody or something a sentence may be about. */
export interface SeenSubject {
  /** As it is written: `“Email”`, or `the month`. */
  readonly name: string
  readonly figures: readonly SeenFigure[]
  /** Its decisions in words. */
  readonly calls: readonly string[]
}

/** Everything a text on a stage may truly say, as readers see it. */
export interface Scene {
  readonly subjects: readonly SeenSubject[]
  /** Sentences of the rules, whole. */
  readonly statements: readonly string[]
  /** Labels of every figure anybody could speak of, in lower case. */
  readonly labels: readonly string[]
}
