/// What tells one way to sell from another, to begin with.
struct MotionProfile {
    let fitWeight: Double
    let engagementWeight: Double
    let threshold: Double
    let minimumEngagement: Double
    let handRaiser: String
    let attribution: String
    private let kinds: [Kind]

    private struct Kind {
        var event: String
        var points: Int
        var cap: Int
        var halfLife: String
        var repeats = RepeatPolicy.every
    }

    init(_ motion: AgreementStarter.Motion) {
        switch motion {
        case .inbound:
            self.init(
                0.5, threshold: 50, minimumEngagement: 10, handRaiser: "demo_requested", attribution: "linear",
                [
                    Kind(event: "page_view", points: 2, cap: 10, halfLife: "7d", repeats: .oncePerDay),
                    Kind(event: "pricing_page_viewed", points: 10, cap: 30, halfLife: "14d", repeats: .oncePerDay),
                    Kind(event: "content_downloaded", points: 8, cap: 24, halfLife: "21d"),
                    Kind(event: "webinar_attended", points: 20, cap: 40, halfLife: "30d"),
                    Kind(event: "demo_requested", points: 60, cap: 60, halfLife: "45d", repeats: .once),
                ])
        case .outbound:
            self.init(
                0.7, threshold: 50, minimumEngagement: 5, handRaiser: "meeting_booked", attribution: "first",
                [
                    Kind(event: "email_clicked", points: 5, cap: 20, halfLife: "14d"),
                    Kind(event: "email_replied", points: 30, cap: 60, halfLife: "30d"),
                    Kind(event: "call_connected", points: 25, cap: 50, halfLife: "30d"),
                    Kind(event: "meeting_booked", points: 60, cap: 60, halfLife: "45d", repeats: .once),
                ])
        case .abm:
            self.init(
                0.7, threshold: 55, minimumEngagement: 10, handRaiser: "meeting_booked", attribution: "position",
                [
                    Kind(event: "pricing_page_viewed", points: 10, cap: 30, halfLife: "14d", repeats: .oncePerDay),
                    Kind(event: "mail_answered", points: 25, cap: 50, halfLife: "30d"),
                    Kind(event: "event_attended", points: 25, cap: 50, halfLife: "60d"),
                    Kind(event: "meeting_booked", points: 60, cap: 60, halfLife: "60d", repeats: .once),
                ])
        case .plg:
            self.init(
                0.3, threshold: 45, minimumEngagement: 25, handRaiser: "upgrade_requested", attribution: "last",
                [
                    Kind(event: "product_used", points: 4, cap: 32, halfLife: "7d", repeats: .oncePerDay),
                    Kind(event: "signed_up", points: 10, cap: 10, halfLife: "30d", repeats: .once),
                    Kind(event: "activated", points: 30, cap: 30, halfLife: "30d", repeats: .once),
                    Kind(event: "teammate_invited", points: 10, cap: 30, halfLife: "30d"),
                    Kind(event: "limit_reached", points: 25, cap: 50, halfLife: "14d"),
                    Kind(event: "upgrade_requested", points: 60, cap: 60, halfLife: "45d", repeats: .once),
                ])
        }
    }

    private init(
        _ fitWeight: Double, threshold: Double, minimumEngagement: Double, handRaiser: String, attribution: String,
        _ kinds: [Kind]
    ) {
        self.fitWeight = fitWeight
        engagementWeight = (100 - 100 * fitWeight).rounded() / 100
        self.threshold = threshold
        self.minimumEngagement = minimumEngagement
        self.handRaiser = handRaiser
        self.attribution = attribution
        self.kinds = kinds
    }

    /// The rules, two levels in.
    var engagement: String {
        kinds.map { kind in
            """
                - id: \(kind.event)
                  event: \(kind.event)
                  points: \(kind.points)
                  cap: \(kind.cap)
                  repeat: \(kind.repeats.rawValue)
                  decay: exponential
                  half_life: \(kind.halfLife)
            """
        }.joined(separator: "\n")
    }
}
