// What can go wrong on the way to Microsoft and afterwards, what the page says of it, and how it is mended in place.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Connectors, Microsoft, Portal } from './pages.js'
import { open } from './workbench.js'

let workbench, portal
before(async () => {
  workbench = await open()
  portal = new Portal(await workbench.visit(), workbench.portal)
  // A token is good for seconds, so that what is taken back shows at the next poll.
  await portal.page.goto(workbench.portal)
  await portal.page.getByLabel('Token lifetime (seconds)').fill('5')
  await portal.press('Save settings', 'The settings are in force.')
})
after(() => workbench?.close())

const arrived = (tab, title) => tab.getByRole('heading', { level: 1, name: title }).waitFor()

// tenant connects a tenant of the demo with a client secret, and gives Connectors Settings.
async function tenant(name, as) {
  const registration = await portal.registration(name)
  const connectors = new Connectors(await workbench.visit())
  await connectors.open()
  await connectors.signIn(as, registration, { secret: await portal.secret() })
  await connectors.status(as, 'Connected')
  await connectors.open()
  return connectors
}

test('a silent tenant is connected, and says that Microsoft has nothing', async () => {
  const connectors = await tenant('Adatum Quiet', 'adatum')
  await connectors.child('adatum-mde', undefined, { tenant: 'Adatum Quiet · adatum' })
  const tab = await connectors.authorize()
  await new Microsoft(tab).grant('Priya Roles')
  await arrived(tab, 'Permissions were applied')
  await connectors.row('adatum-mde').getByText(/^Connected/).waitFor()
  await connectors.row('adatum-mde').getByText('Microsoft answered: no incidents in 30 days').waitFor()
})

test('a tenant without Defender is in error although consent is in order', async () => {
  const connectors = await tenant('Litware Unlicensed', 'litware')
  await connectors.child('litware-mde', undefined, { tenant: 'Litware Unlicensed · litware' })
  const tab = await connectors.authorize()
  await new Microsoft(tab).grant('Dana Admin')
  await connectors.status('litware-mde', 'Error')
  await connectors.tenant('Litware Unlicensed').getByText('This tenant is not set up for Defender; consent is in order.').waitFor()
  await connectors.tenant('Litware Unlicensed').getByText('Nothing has to be authorized again.').waitFor()
  // The licence is bought: it is connected without anybody doing anything here.
  await portal.tenant('Litware Unlicensed')
  await portal.page.getByLabel('The tenant has licences for Defender').check()
  await portal.press('Save', 'The tenant was changed.')
  await connectors.tenant('Litware Unlicensed').getByRole('button', { name: /^Test/ }).first().click()
  await connectors.row('litware-mde').getByText(/^Connected/).waitFor()
})

test('refused at Microsoft in every way, and mended in place', async t => {
  const registration = await portal.registration('Tailspin Toys')
  const secret = await portal.secret()
  const connectors = new Connectors(await workbench.visit())
  await connectors.open()
  const panel = connectors.tenant('Tailspin Toys')
  let ids

  await t.test('Cancel: nothing was granted, and Authorize again works', async () => {
    const tab = await connectors.parent('tailspin', registration, { secret })
    const microsoft = new Microsoft(tab)
    await microsoft.choose('Dana Admin')
    await microsoft.asked()
    await microsoft.cancel()
    await arrived(tab, 'Permissions were not applied')
    await tab.getByText('The person at Microsoft pressed Cancel, so nothing was granted.').waitFor()
    await connectors.status('tailspin', 'Pending user consent')
    await tab.getByRole('button', { name: 'Authorize again' }).click()
    await tab.waitForURL(/\/oauth2\/v2\.0\/authorize/)
    await microsoft.grant('Dana Admin')
    await arrived(tab, 'Permissions were applied')
    await connectors.status('tailspin', 'Connected')
  })

  await t.test('an account of another tenant', async () => {
    await connectors.open()
    await connectors.child('tailspin-mde', undefined, { tenant: 'Tailspin Toys · tailspin' })
    const tab = await connectors.authorize()
    await new Microsoft(tab).choose('dana@adatum.example')
    await arrived(tab, 'Permissions were not applied')
    await tab.getByText('The account that signed in does not belong to this tenant.').waitFor()
    await connectors.status('tailspin-mde', 'Error')
    await panel.getByText('choose an account of the tenant that this connector names').waitFor()
  })

  await t.test('an Application Administrator is not enough; approval comes later in the portal', async () => {
    await connectors.open()
    await connectors.child('tailspin-mail', 'Microsoft Defender for Office 365', { tenant: 'Tailspin Toys · tailspin' })
    const tab = await connectors.authorize()
    await new Microsoft(tab).choose('Alex Apps')
    await arrived(tab, 'Need admin approval')
    await tab.close()
    await connectors.status('tailspin-mail', 'Pending user consent')
    await connectors.panel.getByText('An Application Administrator is not enough').or(connectors.panel.getByText('Global Administrator or Privileged Role Administrator')).first().waitFor()
    ids = (await connectors.json()).map(c => c.id)
    await portal.registration('Tailspin Toys')
    await portal.press(/^Grant admin consent/, 'Admin consent was granted.')
    await connectors.row('tailspin-mail').getByText(/^Connected/).waitFor()
    await connectors.row('tailspin-mde').getByText(/^Connected/).waitFor()
  })

  await t.test('consent taken back: an error with its mend, and the others go on', async () => {
    await connectors.open()
    await portal.registration('Tailspin Toys')
    await portal.press('Revoke all consents', 'The consent was revoked.')
    await connectors.status('tailspin-mde', 'Error')
    await panel.getByText('Microsoft signs the workbench in, but the permissions SecurityIncident.Read.All and SecurityAlert.Read.All are not granted.').first().waitFor()
    await panel.getByText(/are missing and will be fetched once it works again/).first().waitFor()
    // Above the stories stands what they lack.
    const watching = await workbench.visit()
    await watching.goto('/stories')
    await watching.getByRole('main').getByRole('link', { name: 'tailspin-mde' }).or(watching.getByRole('main').getByText('tailspin-mde')).first().waitFor()
    const good = async () => (await connectors.json()).find(c => c.name === 'adatum-mde').health
    const before = await good()
    assert.equal(before.status, 'connected')
    await connectors.page.waitForFunction(at => fetch('/connectors.json').then(r => r.json()).then(l => l.connectors.find(c => c.name === 'adatum-mde').health.goodAt > at), before.goodAt)
  })

  await t.test('authorised again in place: the same connectors, connected', async () => {
    const tab = await connectors.leave(panel.getByRole('button', { name: /^Authorize/ }).first())
    await tab.waitForURL(/\/adminconsent/)
    await new Microsoft(tab).grant('Dana Admin')
    await arrived(tab, 'Permissions were applied')
    for (const name of ['tailspin-mde', 'tailspin-mail']) await connectors.row(name).getByText(/^Connected/).waitFor()
    assert.deepEqual((await connectors.json()).map(c => c.id), ids)
  })
})

test('of several tabs one listens, and another takes over', async () => {
  const first = new Connectors(await workbench.visit())
  const context = first.page.context()
  const streams = []
  context.on('request', request => { if (new URL(request.url()).pathname === '/events') streams.push(request.frame().page()) })
  await first.open()
  const id = (await first.json()).find(c => c.name === 'adatum-mde').id
  const turn = word => first.page.context().request.post(`/connectors/${id}/${word}`)
  const second = new Connectors(await context.newPage())
  await second.open()
  await turn('disable')
  for (const tab of [first, second]) await tab.status('adatum-mde', 'Switched off')
  assert.deepEqual(streams, [first.page], 'one stream, of the tab that was first')
  await Promise.all([context.waitForEvent('request', request => new URL(request.url()).pathname === '/events'), first.page.close()])
  await context.request.post(`/connectors/${id}/enable`)
  await second.row('adatum-mde').getByText(/^Connected/).waitFor()
  assert.deepEqual(streams, [first.page, second.page])
})
