import { readBack } from '../reading/read-back.ts'
import { deniedAs } from './denied-words.ts'
import { misplacedFlow } from './flow-claims.ts'
import {
  type Issue,
  issue,
  judgeFrame,
  literalOf,
  narrativeTokens,
  renderSentence,
  slottedIds,
} from './sentence.ts'
import type { StageCatalogue } from './stage-catalogue.ts'

/** The judge of fluent sentences of a stage: first the sentence as the model wrote it, then, by a second reader, as a person would read it. */
export function fluentJudge(told: StageCatalogue): (sentence: string) => Issue[] {
  const scene = told.scene()
  return (sentence) => {
    const issues = judgeFluentSentence(sentence, told.catalogue)
    if (issues.length > 0) return issues
    const [first = ''] = narrativeTokens(sentence)
    const template = told.whole.get(first) ?? renderSentence(sentence, told.catalogue)
    const fault = readBack(told.fill(template), scene)
    return fault === null ? [] : [issue('read_back', fault, 'say only what the tokens say')]
  }
}

/**
 * Every breach of the fluent rules in one sentence; none means that code may render it and a second reader may read it back.
 *
 * The frame is that of strict mode: one sentence, 1–4 known tokens, one subject with its name first, statements alone, nothing glued to a
 * token. The words between may be any but those on the deny-list; there is no digit, no apostrophe but a genitive’s (for “didn’t” negates), and
 * no capital inside the sentence, for a name comes out of a token.
 *
 * Source: the deny-list of `denied-words.ts`.
 */
export function judgeFluentSentence(
  sentence: string,
  catalogue: StageCatalogue['catalogue'],
): Issue[] {
  const literal = literalOf(sentence)
  return [
    ...judgeCharacters(literal),
    ...judgeJoiningWords(literal),
    ...judgeNames(sentence),
    ...judgeFlow(sentence),
    ...judgeFrame(sentence, catalogue),
  ]
}

function judgeCharacters(literal: string): Issue[] {
  const bad = /[^A-Za-z ,.;:()'’—-]|['’](?!s\b)/u.exec(literal)
  return bad === null
    ? []
    : [issue('character', bad[0], 'letters and simple punctuation outside {{tokens}}, no digit')]
}

function judgeJoiningWords(literal: string): Issue[] {
  return Array.from(literal.matchAll(/[A-Za-z]+/g)).flatMap(([word]) => {
    const denied = deniedAs(word)
    if (denied === undefined) return []
    return [issue('denied_word', word, `"${word}" states a ${denied}; a token must say it`)]
  })
}

function judgeFlow(sentence: string): Issue[] {
  const verb = misplacedFlow(slottedIds(sentence))
  if (verb === undefined) return []
  return [
    issue('implied', verb, `"${verb}" is not said of this figure; put "for" before what it took`),
  ]
}

/** A capital after the first letter of the sentence begins a name, or a short form of a figure. */
function judgeNames(sentence: string): Issue[] {
  const inner = literalOf(sentence.replace(/^[A-Za-z]/, ''))
  const name = /[A-Z][A-Za-z]*/.exec(inner)
  return name === null ? [] : [issue('name', name[0], 'names and short forms come from tokens')]
}
