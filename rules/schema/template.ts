const TOKEN = /\{\{([a-z][A-Za-z0-9_.:-]*)\}\}/g

/** A name from data, safe inside a template: braces cannot open a token, control and format characters go, 80 characters at most. */
export function literal(name: string): string {
  const plain = name
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '')
    .replaceAll('{', '(')
    .replaceAll('}', ')')
    .trim()
  return plain.length > 80 ? `${plain.slice(0, 79)}…` : plain
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
