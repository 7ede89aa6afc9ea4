// Views: a list under a name, opened first, shared, changed, kept in order.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { complaints } from './axe.js'
import { List, Views } from './pages.js'
import { command, open } from './workbench.js'

let workbench
before(async () => { workbench = await open() })
after(() => workbench?.close())

// person adds an account and signs it in by its link.
async function person(name, role) {
  const page = await workbench.visit({ signedOut: true })
  const address = command('account', 'add', name, '--role', role, '--store', workbench.store).trim()
  const password = `four words that fit ${name}`
  await page.goto(address)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByLabel('The same again').fill(password)
  await page.getByRole('button', { name: 'Set password and sign in' }).click()
  await page.waitForURL(/\/stories/)
  return page
}

test('a view is saved, changed, gone back from, and saved again', async () => {
  const page = await workbench.visit()
  const list = new List(page), views = new Views(page)
  await list.open('criticality=7..10&status=!closed')
  await views.saveAs('Night shift')
  assert.match(page.url(), /criticality=7\.\.10/, 'the address says what is asked')
  assert.equal(await views.name(), 'Night shift')
  assert.equal(await views.changed.count(), 0)

  const plain = page.url()
  await list.narrow(/Generic Incident/)
  await page.waitForURL(/producerType=genericIncident/)
  await views.changed.waitFor()
  assert.equal(await views.name(), 'Night shift', 'the view that was changed is still named')
  const narrowed = await list.ids()
  await page.goBack()
  await page.waitForURL(url => url.href === plain)
  await views.changed.waitFor({ state: 'detached' })
  await page.goForward()
  await page.waitForURL(/producerType=genericIncident/)
  await views.saveChanges()
  await views.changed.waitFor({ state: 'detached' })
  await list.open()
  await views.choose('Night shift')
  await page.waitForURL(/producerType=genericIncident/)
  assert.deepEqual(await list.ids(), narrowed)
})

test('a starred view opens first, until the star is taken away', async () => {
  const page = await workbench.visit()
  const views = new Views(page)
  await page.goto('/stories?severity=high')
  await views.saveAs('Severe')
  await views.star('Severe')
  await page.waitForLoadState()
  await page.goto('/')
  await page.waitForURL(/severity=high/)
  assert.equal(await views.name(), 'Severe')
  await page.goto('/connectors')
  await page.getByRole('navigation', { name: 'Main' }).getByRole('listitem').getByRole('link', { name: 'Stories Workbench' }).click()
  await page.waitForURL(/severity=high/)
  await views.star('Open')
  await page.waitForLoadState()
  await page.goto('/')
  await page.waitForURL(/status=%21closed/)
  assert.equal(await views.name(), 'Open')
})

test('a shared view is seen by another account, which cannot change it', async () => {
  const page = await workbench.visit()
  const views = new Views(page)
  await page.goto('/stories?status=closed')
  await views.saveAs('Week <b>47</b>')
  const anna = await person('anna', 'viewer')
  const hers = new Views(anna)
  await anna.goto('/stories')
  await hers.show()
  assert.equal(await hers.entry(/Week/).count(), 0, 'it is not shared yet')
  assert.equal(await hers.menu.getByLabel(/^Share/).count(), 0, 'a viewer shares nothing')

  await views.open()
  await views.row('Week <b>47</b>').locator('summary', { hasText: 'Share' }).click()
  await views.row('Week <b>47</b>').getByText('Everybody who signs in will see its name and its filters').waitFor()
  await views.row('Week <b>47</b>').getByRole('button', { name: 'Share with everybody' }).click()
  await page.getByRole('status').filter({ hasText: 'The view is shared' }).waitFor()

  await anna.goto('/stories')
  await hers.choose(/Week <b>47<\/b> of administrator/)
  await anna.waitForURL(/status=closed/)
  assert.equal(await hers.name(), 'Week <b>47</b>')
  await hers.open()
  assert.equal(await hers.row('Week <b>47</b>').getByRole('button', { name: 'Rename' }).count(), 0)

  await page.getByRole('button', { name: 'Stop sharing' }).click()
  await page.getByRole('status').filter({ hasText: 'yours alone again' }).waitFor()
  await anna.goto('/stories')
  await hers.show()
  assert.equal(await hers.entry(/Week/).count(), 0)
})

test('views are renamed and deleted, and two tabs do not overwrite each other', async () => {
  const page = await workbench.visit()
  const views = new Views(page)
  await page.goto('/stories?severity=low')
  await views.saveAs('First name')
  await views.open()
  const other = new Views(await page.context().newPage())
  await other.open()
  await views.rename('First name', 'Second name')
  await page.getByRole('status').filter({ hasText: 'The view was renamed.' }).waitFor()
  await other.rename('First name', 'Third name')
  await other.page.getByRole('alert').filter({ hasText: 'changed in another tab' }).waitFor()
  assert.equal(await other.row('Second name').getByRole('textbox').inputValue(), 'Third name', 'what was typed is still there')
  await other.row('Second name').getByRole('button', { name: 'Rename' }).click()
  await other.page.getByRole('link', { name: 'Third name', exact: true }).waitFor()
  await other.ask('Third name', 'Delete', 'Delete view')
  await other.page.getByRole('status').filter({ hasText: 'The view was deleted.' }).waitFor()
  assert.equal(await other.page.getByRole('link', { name: 'Third name', exact: true }).count(), 0)
})

test('a name that is taken comes back with a sentence', async () => {
  const page = await workbench.visit()
  const views = new Views(page)
  await page.goto('/stories?status=open')
  await views.saveAs('Taken')
  await page.goto('/stories?status=monitoring')
  await views.show()
  await views.menu.getByText('Save as a view').click()
  await views.menu.getByLabel('Name', { exact: true }).fill('taken')
  await views.menu.getByRole('button', { name: 'Save view' }).click()
  await page.getByText('another of your views').waitFor()
  await page.getByLabel('Name', { exact: true }).fill('Free')
  await page.getByRole('button', { name: 'Save view' }).click()
  await page.waitForURL(/status=monitoring/)
  assert.equal(await views.name(), 'Free')
})

test('without scripts: a view is saved, starred, opened and deleted', async () => {
  const page = await workbench.visit({ javaScriptEnabled: false })
  const views = new Views(page)
  await page.goto('/stories?severity=medium')
  await views.saveAs('Quiet')
  await views.star('Quiet')
  await page.waitForLoadState()
  await page.goto('/')
  assert.match(page.url(), /severity=medium/)
  await views.open()
  await views.ask('Quiet', 'Delete', 'Delete view')
  await page.getByText('The view was deleted.').waitFor()
  await page.goto('/')
  assert.match(page.url(), /status=%21closed/, 'the star went with the view')
})

test('the menu is worked by keys alone', async () => {
  const page = await workbench.visit()
  const views = new Views(page)
  await page.goto('/stories')
  await views.button.focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.waitForURL(/status=%21closed/)
  assert.equal(await views.name(), 'Open')
  await views.button.focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
  assert.equal(await views.menu.evaluate(e => e.open), false)
})

for (const theme of ['light', 'dark']) {
  for (const width of [390, 1280]) {
    test(`axe finds nothing in the menu and on the page, ${theme}, ${width}`, async () => {
      const page = await workbench.visit({ display: { theme }, viewport: { width, height: 900 } })
      const views = new Views(page)
      await page.goto('/stories?status=open&base=open')
      await views.show()
      await views.menu.getByText('Save as a view').click()
      assert.deepEqual(await complaints(page), [])
      await views.open()
      assert.deepEqual(await complaints(page), [])
    })
  }
}
