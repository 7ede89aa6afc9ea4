// What axe says about a page.
import { readFileSync } from 'node:fs'

const axe = readFileSync(new URL('./node_modules/axe-core/axe.min.js', import.meta.url), 'utf8')
const tags = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']

// complaints are what axe finds on a page, in words. Only some rules may be asked for, by their names.
export async function complaints(page, only) {
  await page.evaluate(axe)
  const { violations } = await page.evaluate(runOnly => window.axe.run(document, { runOnly }), only ? { type: 'rule', values: only } : { type: 'tag', values: tags })
  return violations.map(v => `${v.id}: ${v.help}\n    ${v.nodes.slice(0, 4).map(n => `${n.target.join(' ')} ${n.any.concat(n.all).map(c => c.message).join('; ').slice(0, 200)}`).join('\n    ')}`)
}
