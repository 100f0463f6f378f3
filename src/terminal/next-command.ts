const COMMAND =
  /\bmo (?=[a-z])([a-z]+(?: (?:--[a-z-]+|[A-Z][A-Z-]*|[\w.:-]*\d[\w.:-]*|list|show|create|set|remove|dead|retry|head|verify|export|admit))*)/g

/** Commands that make a workspace or work without one. */
const WITHOUT_WORKSPACE = /^(init|demo|import)\b|--help/

/**
 * A text with each `mo …` in it as it can be run here: through npm, and with the workspace that the failed command was run with.
 *
 * @param workspace The folder as it was typed; undefined when none was, and then the commands need none either.
 */
export function runnable(text: string, workspace: string | undefined): string {
  return text.replaceAll(COMMAND, (_whole, command: string) => {
    const named =
      workspace === undefined
        ? command
        : command.replace('--workspace DIR', `--workspace ${workspace}`)
    const lacks = !named.includes('--workspace') && !WITHOUT_WORKSPACE.test(named)
    const given = workspace === undefined || !lacks ? '' : ` --workspace ${workspace}`
    return `npm run -s mo -- ${named}${given}`
  })
}
