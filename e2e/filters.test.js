// The list's filters, facets, time range and order: by mouse, by keyboard, and without a script.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { List } from './pages.js'
import { open } from './workbench.js'
import { complaints } from './axe.js'

let workbench
before(async () => { workbench = await open() })
after(() => workbench?.close())

const query = page => new URL(page.url()).searchParams
const same = async list => {
  const { stories, total } = await list.json(new URL(list.page.url()).search.slice(1))
  assert.deepEqual(await list.ids(), stories.map(s => s.id), 'the page and its JSON show the same rows')
  return { stories, total }
}
const changes = async (page, what) => {
  const before = page.url()
  await what()
  await page.waitForURL(url => url.href !== before)
}

test('a filter is added, turned round, changed and removed by the mouse', async () => {
  const list = new List(await workbench.visit()), { page } = list
  await list.open()
  await list.choose('Status')
  await list.filter.getByRole('checkbox', { name: 'Open', exact: true }).check()
  await list.filter.getByRole('checkbox', { name: 'Closed' }).check()
  await list.apply()
  assert.deepEqual(query(page).getAll('status').toSorted(), ['closed', 'open'])
  assert.deepEqual(await list.said(), ['Status is any of Open, Closed'])
  assert.ok((await same(list)).stories.every(s => ['open', 'closed'].includes(s.status)))

  await changes(page, () => list.chip('Status').getByRole('link', { name: 'is any of', exact: true }).click())
  assert.deepEqual(await list.said(), ['Status is not any of Open, Closed'])
  assert.ok((await same(list)).stories.every(s => !['open', 'closed'].includes(s.status)))

  await list.chip('Status').getByRole('link', { name: 'Status', exact: true }).click()
  await list.filter.waitFor()
  assert.ok(await list.filter.getByRole('checkbox', { name: 'Closed' }).isChecked(), 'the form opens with the filter in it')
  await list.filter.getByRole('checkbox', { name: 'Open', exact: true }).uncheck()
  await list.apply()
  assert.deepEqual(await list.said(), ['Status is not Closed'])

  await changes(page, () => list.chip('Status').getByRole('link', { name: /^Remove/ }).click())
  assert.equal(await list.chips.count(), 0)
  assert.equal(query(page).has('status'), false)
})

test('a filter is added by the keyboard alone', async () => {
  const list = new List(await workbench.visit()), { page } = list
  await list.open()
  await page.keyboard.press('f')
  assert.ok(await list.filter.getByLabel('Field').evaluate(e => e === document.activeElement), 'f leads to the field')
  const part = page.locator('#filter-what[data-field=criticality]')
  await page.keyboard.type('Crit')
  await part.waitFor()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.keyboard.type('8')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await changes(page, () => page.keyboard.press('Enter'))
  assert.equal(query(page).get('criticality'), '8..10')
  assert.deepEqual(await list.said(), ['Criticality is 8 to 10'])
  assert.ok((await same(list)).stories.every(s => s.criticality >= 8))
  await page.waitForFunction(() => document.activeElement?.matches('#filter-add > summary'))
  await page.keyboard.press('f')
  await page.keyboard.press('Escape')
  await list.filter.waitFor({ state: 'hidden' })
})

test('a field without a facet proposes what there is', async () => {
  const list = new List(await workbench.visit()), { page } = list
  await list.open()
  const { stories } = await list.json('limit=1000')
  const wanted = stories.find(s => s.source)
  await list.choose('Source')
  const known = await list.filter.locator('datalist option').evaluateAll(list => list.map(o => o.value))
  assert.ok(known.includes(wanted.source.toLowerCase()), 'the source is among what is proposed')
  await list.filter.getByLabel('Operator').selectOption('is not')
  await list.filter.getByLabel('Value', { exact: true }).fill(wanted.source)
  await list.apply()
  assert.deepEqual(await list.said(), [`Source is not ${wanted.source}`])
  const { total } = await same(list)
  assert.equal(total, stories.filter(s => s.source?.toLowerCase() !== wanted.source.toLowerCase()).length)
})

test('only and not of a facet narrow to what it counted', async () => {
  const list = new List(await workbench.visit()), { page } = list
  await list.open()
  const { facets, total } = await list.json()
  const open = facets.status.find(f => f.value === 'open').count
  const value = list.facets.locator('.facet-row', { hasText: 'Open' }).first()
  await value.hover()
  await changes(page, () => value.getByRole('button', { name: 'not Open' }).click())
  assert.equal((await same(list)).total, total - open)
  assert.deepEqual(await list.said(), ['Status is not Open'])
  await list.facets.locator('.facet-row', { hasText: 'Closed' }).first().hover()
  await changes(page, () => list.facets.getByRole('button', { name: 'only Closed' }).click())
  assert.deepEqual(await list.said(), ['Status is Closed'])
  assert.equal((await same(list)).total, facets.status.find(f => f.value === 'closed').count)
  // Of a chosen value nothing may be left; it stays there to be taken back.
  await list.open('status=closed&source=nothing-has-this')
  const closed = list.facets.getByRole('checkbox', { name: /Closed 0/ })
  assert.ok(await closed.isChecked())
  await changes(page, () => closed.click())
  assert.equal(query(page).has('status'), false)
})

test('a long facet comes whole when it is searched, or asked for, and then nobody is asked', async () => {
  const list = new List(await workbench.visit()), { page } = list
  await list.open()
  const box = page.getByRole('searchbox', { name: 'Find in Technique' })
  await page.locator('#facet-of-mitre > summary').click()
  const rows = page.locator('#facet-values-mitre .facet-row')
  assert.equal(await rows.count(), 8)
  const { facets } = await list.json()
  await box.focus()
  await page.locator('#facet-more-mitre[data-whole]').waitFor()
  const all = await rows.count()
  assert.equal(all, facets.mitre.length)
  assert.ok(await box.evaluate(e => e === document.activeElement), 'the box keeps the focus')
  const asked = []
  page.on('request', r => asked.push(r.url()))
  await box.fill('T1003')
  const left = await rows.filter({ visible: true }).count()
  assert.ok(left > 0 && left < all, `${left} of ${all} techniques`)
  await box.press('Enter')
  await box.fill('no such technique')
  await page.getByText('No value has this in it.').filter({ visible: true }).waitFor()
  await box.fill('')
  assert.equal(await rows.filter({ visible: true }).count(), all)
  await box.blur()
  assert.deepEqual(asked.filter(url => url.includes('/stories?')), [])

  await changes(page, () => rows.nth(20).getByRole('checkbox').click())
  assert.deepEqual(query(page).getAll('facet'), ['mitre'], 'what is chosen there leaves it whole')
  await changes(page, () => page.getByRole('link', { name: 'Clear all' }).click())
  await page.locator('#facet-more-mitre[data-whole]').waitFor()
  await page.getByRole('link', { name: 'Fewer' }).click()
  const more = page.getByRole('link', { name: `${all - 8} more` })
  await more.waitFor()
  assert.equal(await rows.count(), 8)
  await more.focus()
  await page.keyboard.press('Enter')
  await page.locator('#facet-more-mitre[data-whole]').waitFor()
  assert.ok(await rows.nth(8).getByRole('checkbox').evaluate(e => e === document.activeElement), 'the focus goes on to the first that came')
})

test('time presets, steps and a range of one\'s own', async () => {
  const list = new List(await workbench.visit({ display: { zone: 'Europe/Rome' } })), { page } = list
  await list.open()
  assert.match(await list.menu('All time').innerText(), /All time/, 'no window unless asked')
  for (const preset of ['Last hour', 'Last 2 hours', 'Last day', 'Last 2 days', 'Last week', 'Last 2 weeks', 'Last month', 'Last 90 days']) {
    await page.locator('#time-menu > summary').click()
    await changes(page, () => page.locator('#time-menu').getByRole('link', { name: preset, exact: true }).click())
    assert.equal((await page.locator('#time-menu > summary').innerText()).replace(/^Time:\s*/, ''), preset)
  }
  await changes(page, () => page.getByRole('link', { name: 'The 90 days before' }).click())
  const [from, to] = query(page).get('time').split('..')
  assert.equal(new Date(to) - new Date(from), 90 * 86_400_000)
  await changes(page, () => page.getByRole('link', { name: 'The 90 days after' }).click())
  assert.equal(query(page).get('time').split('..')[0], to)

  await page.locator('#time-menu > summary').click()
  const own = page.getByRole('form', { name: 'Time range of your own' })
  await own.getByLabel('From').fill('2020-07-01T12:00')
  await own.getByLabel('To').fill('2020-07-02T12:00')
  await changes(page, () => own.getByRole('button').click())
  assert.equal(query(page).get('time'), '2020-07-01T10:00:00Z..2020-07-02T10:00:00Z', 'the address says it in UTC')
  assert.deepEqual(await list.said(), ['Updated from 1 Jul 2020 12:00:00 to 2 Jul 2020 12:00:00'])
  await page.locator('#time-menu > summary').click()
  assert.equal(await own.getByLabel('From').inputValue(), '2020-07-01T12:00')
  await changes(page, () => page.locator('#time-menu').getByRole('link', { name: 'First signal' }).click())
  assert.match((await list.said())[0], /^First signal from/)
})

test('an empty list says what would widen it, and how far', async () => {
  const list = new List(await workbench.visit()), { page } = list
  const { total } = await list.json('status=closed')
  await list.open('status=closed&time=2020-01-01..2020-01-02')
  const way = list.wider.getByRole('link', { name: new RegExp(`In all time.*\\b${total} stor`) })
  await changes(page, () => way.click())
  assert.equal((await same(list)).total, total)
})

test('heads sort alone, and with Shift together', async () => {
  const list = new List(await workbench.visit()), { page } = list
  await list.open()
  await changes(page, () => list.head(/^Criticality/).getByRole('link').click())
  assert.equal(query(page).get('sort'), '-criticality')
  await changes(page, () => list.head(/^Source/).getByRole('link').click({ modifiers: ['Shift'] }))
  assert.equal(query(page).get('sort'), '-criticality,source')
  assert.equal(await list.head(/^Criticality/).getAttribute('aria-sort'), 'descending')
  assert.match(await list.head(/^Source/).innerText(), /key 2 of the order, ascending/)
  const { stories } = await same(list)
  for (const [i, s] of stories.entries()) {
    const before = stories[i - 1]
    if (!before) continue
    assert.ok(before.criticality >= s.criticality)
    if (before.criticality === s.criticality && before.source && s.source) assert.ok(before.source.toLowerCase() <= s.source.toLowerCase(), `${before.source} before ${s.source}`)
  }
  await list.head(/^Source/).getByRole('link').focus()
  await changes(page, () => page.keyboard.press('Shift+Enter'))
  assert.equal(query(page).get('sort'), '-criticality,-source', 'once more turns it round')
  assert.equal(page.context().pages().length, 1)
  await page.locator('#order-menu > summary').click()
  await page.getByLabel('Then by').nth(1).selectOption({ label: 'Created' })
  await changes(page, () => page.getByRole('form', { name: 'Sort' }).getByRole('button').click())
  assert.equal(query(page).get('sort'), '-criticality,-source,-created')
  await changes(page, () => list.head(/^Owner/).getByRole('link').click())
  assert.equal(query(page).get('sort'), 'owner', 'a click sorts by it alone')
})

test('Back and Forward lead through filters, and a shared address shows the same to somebody else', async () => {
  const list = new List(await workbench.visit()), { page } = list
  await list.open()
  const seen = [[await list.ids(), []]]
  await list.narrow(/Generic Incident/)
  await page.waitForURL(/producerType/)
  seen.push([await list.ids(), await list.said()])
  await list.choose('Criticality')
  await list.apply()
  seen.push([await list.ids(), await list.said()])
  await changes(page, () => list.head(/^Indication/).getByRole('link').click())
  seen.push([await list.ids(), await list.said()])
  const now = async i => {
    await page.waitForFunction(ids => JSON.stringify([...document.querySelectorAll('tr[data-row]')].map(r => r.id.slice(6))) === ids, JSON.stringify(seen[i][0]))
    assert.deepEqual(await list.said(), seen[i][1])
  }
  for (const i of [2, 1, 0]) { await page.goBack(); await now(i) }
  for (const i of [1, 2, 3]) { await page.goForward(); await now(i) }
  const other = new List(await workbench.visit({ display: { theme: 'dark', zone: 'Asia/Tokyo' } }))
  await other.page.goto(page.url())
  assert.deepEqual([await other.ids(), await other.said()], seen[3])
})

test('all of it works without a script', async () => {
  const list = new List(await workbench.visit({ javaScriptEnabled: false })), { page } = list
  await list.open()
  await list.choose('Producer type', { scripts: false })
  await list.filter.getByRole('checkbox', { name: 'Generic Incident' }).check()
  await list.apply()
  assert.deepEqual(await list.said(), ['Producer type is Generic Incident'])
  await list.choose('Text', { scripts: false })
  await list.filter.getByLabel('Value', { exact: true }).fill('a')
  await list.apply()
  assert.deepEqual(await list.said(), ['Producer type is Generic Incident', 'Text contains a'])
  await list.chip('Text').getByRole('link', { name: /^Remove/ }).click()
  await list.facets.locator('.facet-row', { hasText: 'Open' }).first().hover()
  await list.facets.getByRole('button', { name: 'only Open' }).click()
  assert.deepEqual(await list.said(), ['Producer type is Generic Incident', 'Status is Open'])
  await page.locator('#order-menu > summary').click()
  await page.getByLabel('Sort by', { exact: true }).selectOption({ label: 'Indication' })
  await page.getByLabel('Direction of key 1').selectOption('ascending')
  await page.getByRole('form', { name: 'Sort' }).getByRole('button').click()
  assert.equal(query(page).get('sort'), 'indication')
  await page.locator('#time-menu > summary').click()
  await page.getByRole('form', { name: 'Time range of your own' }).getByLabel('From').fill('2020-01-01T00:00')
  await page.getByRole('form', { name: 'Time range of your own' }).getByRole('button').click()
  assert.equal(query(page).get('time'), '2020-01-01T00:00:00Z..')
  await same(list)
})

test('nothing in it is out of reach', async () => {
  for (const theme of ['light', 'dark']) {
    for (const [width, at] of [[1280, 'edit=1&field=owner&status=!closed&criticality=7..10&time=7d&sort=-criticality,updated'], [390, 'edit=1&field=criticality&status=!closed'], [1280, 'status=closed&source=nothing-has-this'], [1280, 'colour=red']]) {
      const list = new List(await workbench.visit({ display: { theme }, viewport: { width, height: 900 } }))
      await list.open(at)
      assert.equal(await list.page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, `${at} at ${width}`)
      assert.deepEqual(await complaints(list.page), [], `${at} at ${width}, ${theme}`)
    }
  }
})
