const LONGEST = 80

/**
 * Names from data as a narrative quotes them: “Brand Search”. Control, format and private characters and line ends go, curly quotes
 * become straight ones so that a name cannot close its own quotation, and braces round ones so that it cannot open a token. At most 80
 * characters; two names that look the same afterwards are told apart by a number, and a name of which nothing is left is `unnamed`.
 *
 * @param names In the order of their subjects.
 */
export function quotedNames(names: readonly string[]): string[] {
  const taken = new Set<string>()
  return names.map((name) => {
    const plain = plainName(name)
    let unique = plain
    for (let copy = 2; taken.has(unique); copy++) unique = `${plain} (${copy})`
    taken.add(unique)
    return `“${unique}”`
  })
}

/** A name of at most 80 characters: a longer one ends at a word, with an ellipsis, so that no half of a word is read. */
export function shortName(name: string): string {
  const characters = Array.from(name)
  if (characters.length <= LONGEST) return name
  const cut = characters.slice(0, LONGEST - 1).join('')
  const atWord = /^.*[^\s,:;·-](?=[\s,:;·-])/u.exec(cut)?.[0] ?? cut
  return `${atWord}…`
}

function plainName(name: string): string {
  const kept = name
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu, '')
    .replaceAll(/[“”„‟]/g, '"')
    .replaceAll('{', '(')
    .replaceAll('}', ')')
    .replaceAll(/\s+/g, ' ')
    .trim()
  const short = Array.from(kept).slice(0, LONGEST).join('').trimEnd()
  return short === '' ? 'unnamed' : short
}
