/** The detectors of the catalogue by code, as in the table of DOMAIN section 3. */
export const DETECTORS: Readonly<Record<string, string>> = Object.fromEntries(
  `REG-01 same-address-registrations, REG-02 same-person-registrations, REG-03 same-phone-registrations,
  REG-04 agent-batch-registrations, REG-05 similar-name-registrations, REG-06 representative-age, REG-07 shell-profile,
  REG-08 capital-anomaly, REG-09 restricted-person-returns, REG-10 false-state-owned, REG-11 area-registration-surge,
  REG-12 identity-theft-registration, CHG-01 frequent-representative-change, CHG-02 frequent-address-change,
  CHG-03 scope-jump, CHG-04 triple-change, CHG-05 professional-closer, CHG-06 capital-cut-under-complaint,
  CHG-07 change-then-freeze, CHG-08 abnormal-transfer, CHG-09 serial-taker, CMP-01 complaint-surge,
  CMP-02 same-issue-complaints, CMP-03 serial-claimant, CMP-04 mediation-refused, CMP-05 mass-complaint,
  CMP-06 injury-complaints, CMP-07 complained-and-unreachable, PRE-01 prepaid-flight, ANN-01 annual-report-due,
  ANN-02 annual-report-missed-twice, ANN-03 annual-report-jump, ANN-04 zombie, LST-01 abnormal-list-aging,
  LST-02 serious-violation-listed, LST-03 contagion, PUN-01 penalty-dense, PUN-02 penalty-unsettled,
  INS-01 inspection-failed-again, INS-02 residence-unreachable, EXT-01 simple-deregistration-abnormal,
  EXT-02 group-deregistration, FOO-01 food-sample-failed, LIC-01 licence-expiring, FOO-02 catering-licence-mismatch,
  FOO-03 school-canteen, DRU-01 drug-operation, SPE-01 equipment-overdue, SPE-02 lift-entrapments,
  SPE-03 equipment-personnel-expiring, PRO-01 product-sample-failed, ADV-01 advertising-violations, PRI-01 price-jump,
  NET-01 online-trade-violations, IPR-01 malicious-trademark, LAB-01 testing-agency-anomaly, CLS-01 class-jump,
  ARE-01 area-industry-hotspot, MEA-01 metrology-overdue, STD-01 standard-undeclared, IPU-01 patent-pledge-abnormal,
  ATM-01 utility-complaints, PRC-02 price-fraud`
    .split(',')
    .map((entry) => entry.trim().split(' ') as [string, string]),
)

/** What cannot be planted, wholly or in part, because no event of the catalogue tells of it. */
export const NOT_PLANTABLE: readonly { readonly code: string; readonly wholly: boolean; readonly because: string }[] = [
  {
    code: 'LAB-01',
    wholly: true,
    because: 'no event tells of test reports, sample photographs or measuring instruments',
  },
  { code: 'MEA-01', wholly: true, because: 'no event tells of measuring instruments and when they are due' },
  { code: 'STD-01', wholly: true, because: 'no event tells of the standards that enterprises declare' },
  {
    code: 'SPE-03',
    wholly: false,
    because: 'certificates are planted as licences; no event tells of maintenance contracts',
  },
  {
    code: 'CHG-08',
    wholly: false,
    because: 'no event tells the price of a transfer; planted by the record of the receiver',
  },
  { code: 'ANN-04', wholly: false, because: 'no event tells of invoices; planted by tax, insured persons and changes' },
  {
    code: 'DRU-01',
    wholly: false,
    because: 'no event tells of cold chains or prescriptions; planted by unfinished recalls',
  },
  {
    code: 'CLS-01',
    wholly: false,
    because: 'classes come from the service itself; planted by the facts that make a class D',
  },
  {
    code: 'PRE-01',
    wholly: false,
    because: 'no event tells of heavy promotion; planted by representatives and insured persons',
  },
]
