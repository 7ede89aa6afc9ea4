import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { List } from './pages.js'
import { command, open } from './workbench.js'

const time = new Date().toISOString()
const tenantId = '11111111-2222-3333-4444-555555555555'
const incidents = [1, 2, 3].map(n => ({
  id: String(n), tenantId, displayName: `Incident ${n}`, severity: 'high', status: 'active', createdDateTime: time, lastUpdateDateTime: time,
  alerts: [{ id: `alert${n}`, incidentId: String(n), serviceSource: 'microsoftDefenderForEndpoint', title: `Alert ${n}`, severity: 'high', status: 'new', createdDateTime: time, lastUpdateDateTime: time, tenantId, evidence: [] }],
}))

let workbench, folder
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'workbench-live-'))
  const store = `bolt:${join(folder, 'live.db')}`
  writeFileSync(join(folder, 'incidents.json'), JSON.stringify({ value: incidents }))
  command('import', '--store', store, join(folder, 'incidents.json'))
  workbench = await open({ store })
})
after(async () => {
  await workbench?.close()
  rmSync(folder, { recursive: true, force: true })
})

// watching opens a list in a tab of a context, and notes its requests.
async function watching(context) {
  const page = await context.newPage()
  const asked = { streams: [], news: [] }
  page.on('request', request => {
    const { pathname } = new URL(request.url())
    if (pathname === '/events') asked.streams.push(request)
    if (pathname === '/stories/news') asked.news.push(request)
  })
  const list = new List(page)
  await list.open()
  return { page, list, asked }
}

// act changes a story from elsewhere.
async function act(context, id, owner) {
  const answer = await context.request.post(`/stories/${id}/manage`, { form: { owner }, maxRedirects: 0 })
  assert.ok(answer.status() < 400, `managing a story answers ${answer.status()}`)
}

test('one tab holds the stream, all tabs say what changed, and another takes over', async () => {
  const context = (await workbench.visit()).context()
  const stream = context.waitForEvent('request', request => new URL(request.url()).pathname === '/events')
  const first = await watching(context)
  await stream
  const second = await watching(context)
  const ids = await first.list.ids()
  assert.equal(ids.length, 3)

  await act(context, ids[0], 'Kim')
  for (const tab of [first, second]) assert.equal((await tab.list.news.textContent()).trim(), '1 changed: load')
  assert.equal(first.asked.streams.length + second.asked.streams.length, 1, 'one tab asks for events')

  const taken = second.page.waitForEvent('request', request => new URL(request.url()).pathname === '/events')
  await first.page.close()
  await taken
  await act(context, ids[1], 'Kim')
  await second.page.getByText('2 changed: load').waitFor()

  // A reader who has gone to the line stays on it while its words change.
  await second.list.news.focus()
  await act(context, ids[2], 'Kim')
  await second.page.getByText('3 changed: load').waitFor()
  assert.ok(await second.list.news.evaluate(link => link === document.activeElement), 'the focus moves along')

  await second.list.news.click()
  await second.page.locator('#stories-news:empty, #stories-news:not(:has(a))').waitFor()
})

test('a session that has ended is said, and nothing asks again', async () => {
  const door = await workbench.visit({ signedOut: true })
  const link = command('account', 'link', 'administrator', '--store', workbench.store).match(/https?:\/\/\S+/)[0]
  await door.goto(link)
  const context = door.context()
  await door.close()
  const tabs = [await watching(context), await watching(context)]
  await tabs[0].page.waitForFunction(async () => (await navigator.locks.query()).held.length === 1)
  await context.request.post('/sign-out', { maxRedirects: 0 })
  for (const { page } of tabs) {
    const again = page.getByRole('link', { name: 'Sign in again' })
    await again.waitFor()
    assert.match(await again.getAttribute('href'), /^\/sign-in\?return=%2Fstories/)
    assert.equal(new URL(page.url()).pathname, '/stories', 'nobody is led away from what was typed')
  }
  await tabs[0].page.waitForFunction(async () => { const { held, pending } = await navigator.locks.query(); return held.length + pending.length === 0 })
  for (const { asked } of tabs) assert.ok(asked.streams.length <= 5, `a tab asked ${asked.streams.length} times`)
})
