import ICPDomain

/// The smallest agreement there is.
let smallest = "name: Tiny\n"

/// A small one that says something in each section.
let small = """
    name: Small
    fields:
      - {name: plan, type: text}
    icp:
      tiers:
        - {name: A, at_least: 60}
        - {name: B, at_least: 30}
      criteria:
        - {id: size, weight: 2, when: {field: company.employees, op: gte, value: 200}}
        - {id: industry, weight: 1, when: {field: company.industry, op: in, value: [software, retail]}}
    scoring:
      fit:
        - {id: industry, points: 60, when: {field: company.industry, op: eq, value: software}}
      engagement:
        - {id: webinar, event: webinar_attended, points: 20, cap: 60, decay: exponential, half_life: 14d}
      qualification: {threshold: 60}
    routing:
      rules:
        - {id: big, pool: enterprise, when: {field: company.employees, op: gte, value: 1000}}
      fallback_pool: everyone
      rejection_reasons:
        - {code: no_budget, then: nurture}
    sla:
      calendars:
        - {id: berlin, zone: Europe/Berlin, hours: [{days: [mon, tue], intervals: ["09:00-17:00"]}]}
      timers:
        - {id: accept, stops_on: [accepted, rejected], duration: 4h, calendar: berlin, checkpoints: [50, 80]}
    attribution: {model: linear, window: 90d}

    """

func faults(_ text: String) -> [AgreementFault] {
    Agreement.check(text).faults
}

/// `small` with one piece of text put in place of another.
func small(_ old: String, _ new: String) -> String {
    small.replacing(old, with: new)
}
