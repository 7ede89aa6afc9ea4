import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { List } from './pages.js'
import { open } from './workbench.js'

let workbench
before(async () => { workbench = await open() })
after(() => workbench?.close())

test('the printed address signs in', async () => {
  assert.match(workbench.landed, /\/stories/)
  const page = await workbench.visit({ signedOut: true })
  await page.goto('/stories')
  assert.match(page.url(), /\/sign-in/, 'a stranger is asked to sign in')
  await page.goto(workbench.signIn)
  await page.getByRole('heading', { level: 1 }).waitFor()
  assert.match(page.url(), /\/stories/)
})

test('sorting by a head changes the address and the order, both ways', async () => {
  const list = new List(await workbench.visit())
  await list.open()
  await list.head(/^Criticality/).getByRole('link').click()
  await list.page.waitForURL(/sort=/)
  const sorted = async () => {
    const rows = await list.json(new URL(list.page.url()).search.slice(1))
    assert.deepEqual(await list.ids(), rows.stories.map(s => s.id), 'the page and its JSON show the same rows')
    return rows.stories.map(s => s.criticality)
  }
  const down = await sorted()
  assert.deepEqual(down, down.toSorted((a, b) => b - a))
  await list.head(/^Criticality/).getByRole('link').click()
  await list.page.waitForURL(/sort=criticality/)
  const up = await sorted()
  assert.deepEqual(up, up.toSorted((a, b) => a - b))
})

test('a facet narrows the list to what it counted', async () => {
  const list = new List(await workbench.visit())
  await list.open()
  const counted = (await list.json()).facets.producerType.find(f => f.value === 'genericIncident').count
  await list.narrow(/Generic Incident/)
  await list.page.waitForURL(/producerType=genericIncident/)
  const { stories, total } = await list.json(new URL(list.page.url()).search.slice(1))
  assert.equal(total, counted)
  assert.ok(stories.every(s => s.producerType === 'genericIncident'))
  assert.deepEqual(await list.ids(), stories.map(s => s.id))
})

test('searching finds by words, and says so when it finds nothing', async () => {
  const list = new List(await workbench.visit())
  await list.open()
  const { stories: [wanted] } = await list.json('limit=1')
  await list.search.fill(wanted.source || wanted.indication)
  await list.search.press('Enter')
  await list.page.waitForURL(/q=/)
  assert.ok((await list.ids()).includes(wanted.id))
  await list.search.fill('no-such-word-anywhere')
  await list.search.press('Enter')
  await list.page.waitForURL(/no-such-word/)
  assert.deepEqual(await list.ids(), [])
  await list.page.getByText(/^0 of [\d,]+ stories/).first().waitFor()
})

test('the column chooser adds a column and keeps it', async () => {
  const list = new List(await workbench.visit())
  await list.open()
  assert.equal(await list.head(/^Source IP/).count(), 0)
  await list.addColumn(/^Source IP/)
  await list.head(/^Source IP/).waitFor()
  await list.open()
  await list.head(/^Source IP/).waitFor()
})

test('pages follow one another without a gap or a repeat', async () => {
  const list = new List(await workbench.visit())
  const all = (await list.json('limit=1000')).stories.map(s => s.id)
  await list.open('limit=3')
  const seen = await list.ids()
  while (await list.next.count() > 0) {
    const before = list.page.url()
    await list.next.click()
    await list.page.waitForURL(url => url.href !== before)
    seen.push(...await list.ids())
  }
  assert.deepEqual(seen, all)
})

test('back and forward lead through lists and stories', async () => {
  const list = new List(await workbench.visit())
  await list.open('producerType=genericIncident')
  const [first] = await list.ids()
  await list.rows.first().getByRole('link').first().click()
  await list.page.waitForURL(new RegExp(`/stories/${first}`))
  await list.page.goBack()
  await list.page.waitForURL(/producerType=genericIncident/)
  assert.equal((await list.ids())[0], first)
  await list.page.goForward()
  await list.page.waitForURL(new RegExp(`/stories/${first}`))
  await list.page.getByRole('heading', { level: 1 }).waitFor()
})

test('every page can be had as CSV', async () => {
  const page = await workbench.visit()
  const answer = await page.request.get('/stories.csv')
  assert.match(answer.headers()['content-type'], /text\/csv/)
  const { total } = await new List(page).json('limit=1')
  assert.ok((await answer.text()).trimEnd().split('\n').length > total, 'a head and a line for each story')
})
