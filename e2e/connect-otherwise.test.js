// The same paths without JavaScript, and by the keyboard alone.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Connectors, List, Microsoft, Portal } from './pages.js'
import { open } from './workbench.js'

let workbench, portal
before(async () => {
  workbench = await open()
  portal = new Portal(await workbench.visit(), workbench.portal)
})
after(() => workbench?.close())

test('without scripts: from Connectors Settings to a story', async () => {
  const connectors = new Connectors(await workbench.visit({ javaScriptEnabled: false, viewport: { width: 1680, height: 1000 } }))
  const { page } = connectors
  const registration = await portal.registration('Tailspin Toys')
  await page.goto('/stories')
  await connectors.follow('Security', 'Connectors')
  await connectors.signIn('tailspin', registration, {
    scripts: false,
    upload: async tab => {
      const [file] = await Promise.all([tab.waitForEvent('download'), tab.getByRole('link', { name: 'Download certificate' }).click()])
      await portal.upload(await file.path()) // the page between goes on by itself
    },
  })
  await connectors.open()
  await connectors.status('tailspin', 'Connected')
  await connectors.child('tailspin-mde', 'Microsoft Defender for Endpoint', { scripts: false })
  const tab = await connectors.authorize()
  await new Microsoft(tab).grant('Dana Admin')
  await tab.getByRole('heading', { name: 'Permissions were applied' }).waitFor()
  // "If the Status shows Pending user consent, refresh the browser."
  await loaded(page, () => connectors.row('tailspin-mde').getByText(/^Connected/))
  const list = new List(page)
  await list.open('sort=-created')
  await loaded(page, () => list.table.getByText('Tailspin Toys'))
  for (const action of ['Test', 'Switch off', 'Switch on']) {
    await connectors.open()
    await connectors.row('tailspin-mde').locator('summary').filter({ hasText: 'More about' }).click()
    await connectors.row('tailspin-mde').getByRole('button', { name: action, exact: true }).click()
    await page.getByRole('status').filter({ hasText: { 'Test': 'Microsoft was asked just now', 'Switch off': 'Switched off.', 'Switch on': 'Switched on.' }[action] }).waitFor()
  }
  await connectors.row('tailspin-mde').getByRole('link', { name: /Microsoft Defender for Endpoint/ }).click()
  await page.getByRole('link', { name: 'Delete', exact: true }).click()
  await page.getByText('Its stories stay, with their comments, actions and raw documents.').waitFor()
  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  await page.getByRole('status').filter({ hasText: 'Deleted. Its stories stay.' }).waitFor()
  assert.equal(await connectors.row('tailspin-mde').count(), 0)
})

// loaded loads the page again until something is on it.
async function loaded(page, what) {
  for (const until = Date.now() + 20_000; await what().count() === 0;) {
    assert.ok(Date.now() < until, 'nothing came')
    await page.reload()
  }
}

test('by keyboard alone: a tenant, Defender under it, and the way to its stories', async () => {
  const registration = await portal.registration('Adatum Quiet')
  const secret = await portal.secret()
  const connectors = new Connectors(await workbench.visit())
  const { page } = connectors
  const press = (...keys) => keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve())
  await page.goto('/stories')
  await press('g', 'c')
  await page.waitForURL(/\/connectors$/)
  await reach(page, e => e.matches('a') && e.textContent.trim() === 'New')
  await press('Enter')
  await page.waitForURL(/\/connectors\/new/)
  // The panel opens with its choice in focus: the arrow leads to the first application.
  await page.locator('select:focus').waitFor()
  await press('ArrowDown', 'Enter')
  await connectors.panel.getByRole('button', { name: 'Authorize and Save' }).waitFor()
  await page.locator('input:focus').waitFor()
  assert.equal(await page.evaluate(() => document.activeElement.labels[0].textContent.trim()), 'Connector Name', 'the panel begins with its first field')
  await press('Shift+Tab')
  const typed = async (label, value) => {
    await reach(page, (e, label) => e.labels?.[0]?.textContent.trim() === label, label)
    await page.keyboard.type(value)
  }
  await typed('Connector Name', 'adatum')
  await typed('Tenant id or domain', 'adatum.example')
  await typed('Application (client) id', registration.client)
  await typed('Object id', registration.object)
  await reach(page, e => e.matches('input[type=radio]'))
  await press('ArrowDown', 'ArrowDown')
  await typed('Client secret', secret)
  await reach(page, e => e.matches('button') && /^Authorize and Save/.test(e.textContent.trim()))
  assert.ok(await seen(page), 'the focus shows')
  const [tab] = await Promise.all([page.context().waitForEvent('page'), press('Enter')])
  await tab.waitForURL(/\/oauth2\/v2\.0\/authorize/)
  await consent(tab)
  await tab.close()
  await connectors.status('adatum', 'Connected')

  await connectors.open()
  await reach(page, e => e.matches('a') && e.textContent.trim() === 'New')
  await press('Enter')
  await page.locator('select:focus').waitFor()
  await page.keyboard.type('Microsoft Defender for O')
  assert.equal(await page.evaluate(() => document.activeElement.selectedOptions[0].label), 'Microsoft Defender for Office 365')
  await press('Tab') // and only now the form goes off
  await connectors.panel.getByRole('button', { name: 'Save', exact: true }).waitFor()
  await typed('Connector Name', 'adatum-mail')
  await reach(page, e => e.matches('button') && e.textContent.trim() === 'Save')
  await press('Space')
  await connectors.panel.getByText('The connector was created').waitFor()
  await reach(page, e => e.matches('#drawer button') && /^Authorize/.test(e.textContent.trim()))
  const [asking] = await Promise.all([page.context().waitForEvent('page'), press('Space')])
  await asking.waitForURL(/\/adminconsent/)
  await consent(asking)
  // The panel changes under the focus, which stays in it.
  await connectors.panel.getByText(/Status:\s+Connected/).waitFor()
  assert.ok(await page.evaluate(() => document.activeElement.closest('#drawer') !== null), 'the focus is still in the panel')
})

// consent signs an administrator in and accepts, by keyboard.
async function consent(tab) {
  await reach(tab, e => e.textContent.includes('Dana Admin'))
  await tab.keyboard.press('Enter')
  await tab.getByRole('heading', { name: 'Permissions requested' }).waitFor()
  await reach(tab, e => e.textContent.trim() === 'Accept')
  await tab.keyboard.press('Enter')
  await tab.getByRole('heading', { name: 'Permissions were applied' }).waitFor()
}

const seen = page => page.evaluate(() => { const s = getComputedStyle(document.activeElement); return s.outlineStyle !== 'none' || s.boxShadow !== 'none' })

// reach presses Tab until the focus is where it should be.
async function reach(page, there, given) {
  for (let i = 0; i < 120; i++) {
    await page.keyboard.press('Tab')
    if (await page.evaluate(`(${there})(document.activeElement, ${JSON.stringify(given)})`)) return
  }
  assert.fail(`not reached by Tab: ${there} ${given ?? ''}`)
}
