public import Kernel

/// Writes a first agreement for a company to change: valid as it is, with a word on each choice.
public struct AgreementStarter: Sendable {
    /// How the company sells, above all.
    public enum Motion: String, Sendable, CaseIterable {
        case inbound, outbound, abm, plg
    }

    /// Where a team works.
    public enum Region: String, Sendable, CaseIterable {
        case emea, uk, dach, nordics, amer, latam, apac, anz, india, japan

        var zone: String {
            switch self {
            case .emea, .dach: "Europe/Berlin"
            case .uk: "Europe/London"
            case .nordics: "Europe/Stockholm"
            case .amer: "America/New_York"
            case .latam: "America/Sao_Paulo"
            case .apac: "Asia/Singapore"
            case .anz: "Australia/Sydney"
            case .india: "Asia/Kolkata"
            case .japan: "Asia/Tokyo"
            }
        }
    }

    public var name: String
    /// ISO 4217.
    public var currency: String
    public var motion: Motion
    /// At least one, each once. Leads without a territory are those of the first.
    public var regions: [Region]
    /// Working time from assignment to the first touch.
    public var followUp: TimeSpan
    /// Where editors find the schema, seen from the file; nil leaves that line out.
    public var schema: String?

    public init(
        name: String = "Our company", currency: String = "USD", motion: Motion = .inbound, regions: [Region] = [.amer],
        followUp: TimeSpan = .hours(4), schema: String? = nil
    ) {
        self.name = name
        self.currency = currency
        self.motion = motion
        self.regions = regions
        self.followUp = followUp
        self.schema = schema
    }

    /// The file.
    public var text: String {
        let modeline = schema.map { "# yaml-language-server: $schema=\($0)\n" } ?? ""
        return modeline + [head, icp, stages, scoring, routing, sla, rest].joined(separator: "\n")
    }

    private var head: String {
        """
        # The agreement between marketing and sales: whom we sell to, what a qualified lead is, who gets it, how fast it
        # is worked and how credit is shared. Change what is not yours, then:
        #
        #   accord agreement lint FILE        reports every fault and doubt at once
        #   accord agreement propose FILE     stores it as the next version
        #   accord agreement sign VERSION     once for marketing, once for sales, by two people

        name: \(Tree.text(name).canonicalJSON)
        # ISO 4217, of reports and of criteria over revenue.
        currency: \(Tree.text(currency).canonicalJSON)
        # Of reports; calendars have their own.
        zone: \(regions.first?.zone ?? "UTC")

        # Fields of your own, which criteria name custom.<name>.
        # fields:
        #   - {name: contract_ends, type: date}

        """
    }

    private var icp: String {
        """
        # Who we sell to. Score = 100 x the weight of what an account satisfies / the weight of all.
        icp:
          # Best first: an account is in the first tier whose score it reaches.
          tiers:
            - {name: A, at_least: 75, description: The accounts we want most}
            - {name: B, at_least: 50, description: Good accounts}
            - {name: C, at_least: 25, description: Worth an answer}
          criteria:
            - id: industry
              weight: 3
              when: {field: company.industry, op: in, value: [software, financial services, retail]}
            - id: size
              weight: 3
              when: {field: company.employees, op: between, value: [50, 5000]}
            - id: revenue
              weight: 2
              when: {field: company.annual_revenue, op: gte, value: 10000000}

        """
    }

    private var stages: String {
        """
        # What our words mean.
        stages:
          definitions:
            - {kind: inquiry, owner: marketing, definition: Left a name, trigger: is known to us}
            - {kind: engaged, owner: marketing, definition: Did something we can see, trigger: first engagement}
            - {kind: mql, name: MQL, owner: marketing, definition: Fits and is engaged, trigger: reaches the threshold}
            - {kind: sal, name: SAL, owner: sales, definition: Sales works it, trigger: a rep accepts the handoff}
            - {kind: sql, name: SQL, owner: sales, definition: Intent is confirmed, trigger: discovery call booked}
            - {kind: opportunity, owner: sales, definition: A deal with an amount, trigger: the deal is opened}
            - {kind: customer, owner: sales, definition: The contract is signed, trigger: the deal is won}
            - {kind: nurture, owner: marketing, definition: Not now, trigger: rejected for now}

        """
    }

    private var scoring: String {
        let profile = MotionProfile(motion)
        return """
            # score = fit_weight x fit + engagement_weight x engagement + situation + negatives
            scoring:
              fit_weight: \(Tree.text(of: profile.fitWeight))
              engagement_weight: \(Tree.text(of: profile.engagementWeight))

              # Who they are: 0 to 100 points in all.
              fit:
                - id: fit_industry
                  points: 25
                  when: {field: company.industry, op: in, value: [software, financial services, retail]}
                - id: fit_size
                  points: 25
                  when: {field: company.employees, op: between, value: [50, 5000]}
                - id: fit_tier
                  points: 25
                  when: {field: lead.tier, op: in, value: [A, B]}
                - id: fit_seniority
                  points: 25
                  when: {field: person.seniority, op: in, value: [c_level, vp, director, head]}

              # What they did: 0 to 100 points in all. Points fade, so that the past does not count for ever.
              engagement:
            \(profile.engagement)

              negatives:
                - id: student
                  points: -30
                  when: {field: person.title, op: contains_any, value: [student, intern]}
                # It fades, like all that a lead does.
                - id: unsubscribed
                  points: -20
                  event: unsubscribed
                  decay: exponential
                  half_life: 90d
              # The most that negatives take, so that no lead is sunk for ever.
              negatives_floor: -50

              qualification:
                # The score from which a lead is an MQL, and what it needs of each besides: an MQL fits and is engaged.
                threshold: \(Tree.text(of: profile.threshold))
                minimum_fit: 25
                minimum_engagement: \(Tree.text(of: profile.minimumEngagement))
                # Who asks to be called is called.
                hand_raisers: [\(profile.handRaiser)]
                # A lead that cooled qualifies again only after it fell this far below the threshold.
                hysteresis: 5

              # What travels with a handoff; one that lacks a part is flagged.
              context_packet: [contact, firmographics, engagement_history, score]

            """
    }
}
