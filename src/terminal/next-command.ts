const COMMAND =
  /\bmo (?=[a-z])([a-z]+(?: (?:--scope [a-z]+|--[a-z-]+|[A-Z][A-Z-]*|[\w.:-]*\d[\w.:-]*|list|show|create|set|remove|dead|retry|rollback|confirm|import|send|head|verify|export|admit))*)/g

/** Commands that make a workspace or work without one. */
const WITHOUT_WORKSPACE = /^(init|demo|import)\b|--help/

/**
 * A text with each `mo …` in it as it can be run here: through npm, and with the workspace that the failed command was run with.
 *
 * @param workspace The folder as it was typed; undefined when none was, and then the commands need none either.
 */
export function runnable(text: string, workspace: string | undefined): string {
  const folder = workspace === undefined ? undefined : shellWord(workspace)
  return text.replaceAll(COMMAND, (_whole, command: string) => {
    const named =
      folder === undefined ? command : command.replace('--workspace DIR', `--workspace ${folder}`)
    const lacks = !named.includes('--workspace') && !WITHOUT_WORKSPACE.test(named)
    const given = folder === undefined || !lacks ? '' : ` --workspace ${folder}`
    return `npm run -s mo -- ${named}${given}`
  })
}

/** A text as one word of a shell's command line: quoted where it would be more than one, or something else. */
export function shellWord(text: string): string {
  return /^[\w./:@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}
