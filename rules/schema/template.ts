const TOKEN = /\{\{([a-z][A-Za-z0-9_.:-]*)\}\}/g

const NAME_LENGTH = 80

/**
 * A name from data, safe inside a template: braces cannot open a token, line breaks become spaces, other control and format characters go,
 * 80 characters at most. A character is never cut in half: a store refuses half of one.
 */
export function literal(name: string): string {
  const plain = name
    .replaceAll('\v', '\n')
    .replaceAll(/[\t\n\f\r\u0085\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '')
    .replaceAll('{', '(')
    .replaceAll('}', ')')
    .trim()
  const characters = Array.from(plain)
  return characters.length > NAME_LENGTH
    ? `${characters.slice(0, NAME_LENGTH - 1).join('')}…`
    : plain
}

/** The token that code replaces by the rendered fact. */
export function token(factId: string): string {
  return `{{${factId}}}`
}

/** Ids of the facts a template refers to, in order of appearance. */
export function tokensOf(template: string): string[] {
  return Array.from(template.matchAll(TOKEN), (match) => match[1] ?? '')
}

/** The template with each token replaced by what `render` returns for its fact id. */
export function fillTemplate(template: string, render: (factId: string) => string): string {
  return template.replaceAll(TOKEN, (_whole, factId: string) => render(factId))
}
