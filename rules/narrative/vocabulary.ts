/**
 * The only literal words a strict sentence may hold between its tokens. None of them can state a quantity, a direction, a comparison, a
 * judgement, a decision, a status, a cause, a negation, a modality or a time: such words come out of tokens, which code renders.
 */
export const VOCABULARY = {
  determiner: 'a an the this these that its',
  conjunction: 'and which where',
  adverb: 'also here meanwhile overall separately alongside',
  preposition: 'with of for in on as at',
  be: 'is was are were',
  verb: 'has had recorded reported shows showed received registered reads lists listed covers covered includes included reflects reflected notes noted',
  noun: 'campaign campaigns portfolio review period report record summary section table figure figures result results data records detail details note item items basis module modules engine output outputs operator operators team leadership reader readers budget channel channels overview context decision decisions recommendation recommendations action actions status evidence source sources claims contacts suppression',
} as const

type WordClass = keyof typeof VOCABULARY

const CLASSES: readonly WordClass[] = [
  'determiner',
  'conjunction',
  'adverb',
  'preposition',
  'be',
  'verb',
  'noun',
]

const CLASS_OF: ReadonlyMap<string, WordClass> = new Map(
  CLASSES.flatMap((kind) => VOCABULARY[kind].split(' ').map((word) => [word, kind] as const)),
)

/** The class of a word of the closed vocabulary in any case of letters; undefined for every other word. */
export function wordClass(word: string): WordClass | undefined {
  return CLASS_OF.get(word.toLowerCase())
}
