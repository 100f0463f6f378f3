import { html } from 'hono/html'

/** Where the pages are. */
export const PATHS = { queue: '/queue', signIn: '/sign-in', signOut: '/sign-out' } as const

type Page = ReturnType<typeof html>

function page(title: string, body: Page): Page {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        <style>
          body {
            font:
              16px/1.5 system-ui,
              sans-serif;
            margin: 12vh auto;
            max-width: 26rem;
            padding: 0 1rem;
            color: #1c2430;
            background: #fff;
          }
          label,
          input {
            display: block;
            width: 100%;
            box-sizing: border-box;
          }
          input {
            font: inherit;
            padding: 0.5rem;
            margin: 0.25rem 0 1rem;
            border: 1px solid #6b7684;
            border-radius: 4px;
          }
          button {
            font: inherit;
            padding: 0.5rem 1rem;
            border: 0;
            border-radius: 4px;
            background: #1f4e8c;
            color: #fff;
            cursor: pointer;
          }
          [role='alert'] {
            border-left: 4px solid #b3261e;
            padding-left: 0.75rem;
          }
        </style>
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html>`
}

/** Asks for a token, and says why the last one was refused. */
export function signInPage(refusal?: string): Page {
  return page(
    'Queue: sign in',
    html`${refusal === undefined ? '' : html`<p role="alert">${refusal}</p>`}
      <form method="post" action="${PATHS.signIn}">
        <label for="token">Token</label>
        <input id="token" name="token" type="password" autocomplete="off" required autofocus />
        <button>Sign in</button>
      </form>
      <p>
        A token is made with <code>mo token create PERSON --scope operate</code>, or
        <code>--scope read</code> to look only. It is not kept here.
      </p>`,
  )
}

/** Asks whether the session is to end: a link must not end one. */
export function signOutPage(person: string): Page {
  return page(
    'Queue: sign out',
    html`<p>Signed in as ${person}.</p>
      <form method="post" action="${PATHS.signOut}">
        <button>Sign out</button>
      </form>
      <p><a href="${PATHS.queue}">Back to the queue</a></p>`,
  )
}
