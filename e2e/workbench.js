// The program under test and the browser that looks at it. A test file calls open() once and gets both; everything that was started ends
// with close(), by its own handle.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as after } from 'node:timers/promises'
import { chromium } from 'playwright-core'

const root = resolve(import.meta.dirname, '..')
const patience = 20_000

// binary is the program: the one that E2E_BINARY names, else one built now.
export function binary() {
  if (process.env.E2E_BINARY) return process.env.E2E_BINARY
  const path = join(root, '.build', 'workbench')
  const built = spawnSync('go', ['build', '-o', path, './cmd/workbench'], { cwd: root, encoding: 'utf8', env: { ...process.env, CGO_ENABLED: '0' } })
  if (built.status !== 0) throw new Error(`building the program: ${built.stderr}`)
  return path
}

// command runs one command of the program to its end and returns what it printed.
export function command(...args) {
  const ran = spawnSync(binary(), args, { encoding: 'utf8' })
  if (ran.status !== 0) throw new Error(`workbench ${args.join(' ')}: exit ${ran.status}: ${ran.stderr}`)
  return ran.stdout
}

// serve starts the program on a free port of the loopback and waits until it prints an address that signs in.
async function serve(args) {
  const child = spawn(binary(), [...args, '--addr', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'pipe'] })
  const said = []
  let portal
  const ended = new Promise(done => child.once('exit', done))
  const signIn = await new Promise((found, failed) => {
    const slow = setTimeout(() => failed(new Error(`no address to open after ${patience} ms; it said:\n${said.join('\n')}`)), patience)
    const listen = line => {
      said.push(line)
      portal ??= line.match(/^simulated Microsoft: (\S+)/)?.[1]
      const address = line.match(/https?:\/\/\S+sign-in\?\S+/)
      if (address) { clearTimeout(slow); found(address[0]) }
    }
    createInterface({ input: child.stdout }).on('line', listen)
    createInterface({ input: child.stderr }).on('line', listen)
    ended.then(code => { clearTimeout(slow); failed(new Error(`it ended with ${code}; it said:\n${said.join('\n')}`)) })
  })
  return { signIn, portal, base: new URL(signIn).origin, stop: async () => { child.kill('SIGTERM'); await ended } }
}

// filled waits until lists know the stories of the store.
async function filled(request, base) {
  const until = Date.now() + patience
  for (;;) {
    const answer = await request.get(`${base}/stories.json?limit=1`)
    if (answer.ok() && (await answer.json()).total > 0) return
    if (Date.now() > until) throw new Error(`no story in the list: ${answer.status()} ${await answer.text()}`)
    await after(100)
  }
}

// open starts the demo, or with a store the workbench over it, and a browser. flags go to the program besides. visit() gives a signed-in page of its own context.
export async function open({ store, flags = [] } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'workbench-e2e-'))
  const server = await serve([...(store ? ['serve', '--store', store] : ['demo', '--store', `bolt:${join(folder, 'demo.db')}`]), ...flags])
  store ??= `bolt:${join(folder, 'demo.db')}`
  const browser = await chromium.launch({
    executablePath: process.env.E2E_CHROMIUM || ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync),
    chromiumSandbox: process.getuid?.() !== 0,
    args: ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  })
  const first = await browser.newContext()
  const door = await first.newPage()
  await door.goto(server.signIn)
  const storageState = await first.storageState()
  const landed = door.url()
  await filled(first.request, server.base)
  await first.close()

  const contexts = []
  return {
    base: server.base,
    signIn: server.signIn,
    portal: server.portal, // of the simulated Microsoft of the demo
    store,
    landed,
    browser,
    // visit opens a page of a fresh context. Options are playwright's, besides: signedOut, and what the display form would send.
    async visit({ signedOut, display, ...options } = {}) {
      const context = await browser.newContext({ baseURL: server.base, viewport: { width: 1280, height: 900 }, ...options, ...(signedOut ? {} : { storageState }) })
      contexts.push(context)
      if (display) await context.request.post('/settings/display', { form: { return: '/sign-in', ...display }, maxRedirects: 0 })
      context.setDefaultTimeout(patience)
      return context.newPage()
    },
    async close() {
      await Promise.all(contexts.map(context => context.close()))
      await browser.close()
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

// keep saves a screenshot where a person can look at it; git ignores the folder.
export async function keep(page, name, options = {}) {
  const folder = join(import.meta.dirname, 'screenshots')
  mkdirSync(folder, { recursive: true })
  return page.screenshot({ path: join(folder, `${name}.png`), fullPage: true, ...options })
}
