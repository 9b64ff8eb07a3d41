import Kernel

extension AgreementStarter {
    private var hasTerritories: Bool { regions.count > 1 }

    var routing: String {
        var rules: [String] = []
        if motion == .abm {
            rules.append("    - {id: named_accounts, pool: strategic, when: {field: lead.tier, op: eq, value: A}}")
        }
        if hasTerritories {
            rules += regions.map { region in
                "    - {id: \(region.rawValue), pool: \(region.rawValue), "
                    + "when: {field: lead.territory, op: eq, value: \(region.rawValue)}}"
            }
        }
        let pools =
            (motion == .abm ? ["strategic"] : []) + (hasTerritories ? regions.map(\.rawValue) : []) + ["everyone"]
        return """
            # Who gets a lead: the first rule that holds, else the fallback pool. Routing keeps the members of pools.
            routing:
              pools:
            \(pools.map { "    - {id: \($0)}" }.joined(separator: "\n"))
            \(rules.isEmpty ? "" : "  rules:\n\(rules.joined(separator: "\n"))\n")\
              fallback_pool: everyone
              rejection_reasons:
                - {code: not_a_fit, description: Will never buy from us, then: close}
                - {code: no_budget, description: No money this year, then: nurture}
                - {code: bad_timing, description: Interested but not now, then: nurture}
                - {code: wrong_contact, description: Someone else decides, then: reassign}
                - {code: unreachable, description: No answer after six attempts, then: nurture}

            """
    }

    var sla: String {
        """
        # How fast a lead is worked, in the opening hours of the team that works it.
        sla:
          calendars:
        \(regions.map(calendar).joined(separator: "\n"))
          timers:
        \(regions.map(timers).joined(separator: "\n"))

        """
    }

    private func calendar(_ region: Region) -> String {
        """
            - id: \(region.rawValue)
              zone: \(region.zone)
              hours: [{days: [mon, tue, wed, thu, fri], intervals: ["09:00-18:00"]}]
              # holidays: [2026-12-25]
        """
    }

    private func timers(_ region: Region) -> String {
        let half = TimeSpan(seconds: max(1, followUp.microseconds / 2_000_000))
        return [
            timer("accept", region, "assigned", "[accepted, rejected]", half, "[notify_manager, reassign]"),
            timer(
                "first_touch", region, "assigned", "[touched, rejected, closed]", followUp,
                "[notify_rep, notify_manager]"),
            timer("decide", region, "accepted", "[qualified, rejected, closed]", .hours(45), "[notify_manager, flag]"),
        ].joined(separator: "\n")
    }

    private func timer(
        _ name: String, _ region: Region, _ start: String, _ stops: String, _ span: TimeSpan, _ actions: String
    ) -> String {
        """
            - id: \(hasTerritories ? "\(name)_\(region.rawValue)" : name)
              starts_on: \(start)
              stops_on: \(stops)
              duration: \(span.text)
              calendar: \(region.rawValue)
        \(leads(of: region))\
              checkpoints: [50, 80]
              on_breach: \(actions)
        """
    }

    /// Those without a territory are the first region's.
    private func leads(of region: Region) -> String {
        guard hasTerritories else { return "" }
        let isRegion = "{field: lead.territory, op: eq, value: \(region.rawValue)}"
        guard region == regions.first else { return "      when: \(isRegion)\n" }
        let others = regions.dropFirst().map(\.rawValue).joined(separator: ", ")
        return """
                  when:
                    any:
                      - {field: lead.territory, op: missing}
                      - {field: lead.territory, op: not_in, value: [\(others)]}

            """
    }

    var rest: String {
        """
        # How credit is shared.
        attribution:
          model: \(MotionProfile(motion).attribution)
          window: 90d

        # What both sides aim for.
        targets:
          acceptance_rate: 0.7
          mql_to_sql: 0.3
          followed_up_within_24h: 0.9
          feedback_completion: 0.9
          # revenue_per_quarter: {minor_units: 100000000, currency: \(currency)}

        # What marketing makes and sales uses.
        # content:
        #   assets:
        #     - {id: roi-calculator, name: ROI calculator, stage: mql, owner: marketing}

        # How often each section is looked at again, and by whom.
        reviews:
          interval: 90d
          intervals: {scoring: 60d, routing: 30d}
          participants: [VP of Marketing, VP of Sales]

        """
    }
}
