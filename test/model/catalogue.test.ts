import { describe, expect, it } from 'vitest'
import { compileCatalogue } from '../../src/ingest/data-check.ts'
import { belongsToLogAlone, CATALOGUE, EVENT_TYPES, isEventType } from '../../src/model/catalogue/catalogue.ts'

/** The types as the contract lists them. */
const CONTRACT = `enterprise.registered enterprise.changed enterprise.moved enterprise.dormant enterprise.resumed
enterprise.deregistered enterprise.revoked liquidation.started enterprise.deregistration-announced
capital-reduction.announced registration.cancellation-applied registration.cancelled equity.pledged equity.frozen
ip.pledged chattel.mortgaged trademark.filed licence.granted licence.renewed licence.expired licence.revoked
annual-report.filed abnormal-list.entered abnormal-list.left serious-violation-list.entered serious-violation-list.left
credit.repaired award.granted penalty.imposed penalty.settled penalty.suspended penalty.annulled order.issued
order.fulfilled case.filed case.closed inspection.completed inspection.rectified sampling.completed complaint.filed
complaint.closed report.filed recall.announced recall.completed equipment.inspected equipment.stopped
equipment.scrapped equipment.fault accident.reported advertisement.violated trade.violated monitoring.offline
monitoring.restored price.reported judgment.defaulted judgment.satisfied restriction.imposed insurance.reported
tax.reported contact.failed fact.disputed fact.resolved event.retracted opinion.reported`.split(/\s+/)

const checks = compileCatalogue()

describe('the catalogue', () => {
  it('holds exactly the types of the contract', () => expect([...EVENT_TYPES].sort()).toEqual([...CONTRACT].sort()))

  it.each(EVENT_TYPES)('%s has an example that passes', (type) =>
    expect(checks.get(type)?.fault(CATALOGUE[type].example)).toBeNull(),
  )

  it.each(EVENT_TYPES)('%s refuses what is no object', (type) => expect(checks.get(type)?.fault('text')).not.toBeNull())

  it('leaves control entries to the log', () => {
    for (const type of ['class.changed', 'yujing.tick']) {
      expect(isEventType(type)).toBe(false)
      expect(belongsToLogAlone(type)).toBe(true)
    }
    expect(isEventType('constructor')).toBe(false)
  })
})
