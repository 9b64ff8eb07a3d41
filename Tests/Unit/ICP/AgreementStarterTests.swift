import ICPDomain
import Kernel
import Testing

@Suite struct AgreementStarterTests {
    private static let regions: [[AgreementStarter.Region]] =
        AgreementStarter.Region.allCases.map { [$0] } + [
            [.emea, .amer], [.apac, .uk, .latam], AgreementStarter.Region.allCases,
        ]

    @Test(arguments: AgreementStarter.Motion.allCases)
    func everyCombinationHasNeitherFaultNorWarning(motion: AgreementStarter.Motion) {
        for regions in Self.regions {
            for followUp in ["1s", "30m", "4h", "12w"].compactMap({ TimeSpan(text: $0) }) {
                let starter = AgreementStarter(
                    name: "A \"quoted\": # name", currency: "EUR", motion: motion, regions: regions, followUp: followUp,
                    schema: "agreement.schema.json")
                let findings = Agreement.check(starter.text)
                #expect(
                    (findings.faults + findings.warnings).map(\.text) == [], "\(motion) \(regions) \(followUp.text)")
                #expect(findings.agreement?.tree["name"] == .text("A \"quoted\": # name"))
            }
        }
    }

    @Test func itSaysWhatWasAsked() throws {
        let starter = AgreementStarter(motion: .abm, regions: [.emea, .amer], followUp: .hours(6), schema: "s.json")
        #expect(starter.text.hasPrefix("# yaml-language-server: $schema=s.json\n"))
        let tree = try Agreement.read(starter.text).tree
        guard case .list(let timers)? = tree["sla"]?["timers"], case .list(let rules)? = tree["routing"]?["rules"]
        else {
            Issue.record("no timers or no rules")
            return
        }
        #expect(timers.map { $0["duration"] } == ["3h", "6h", "1d21h", "3h", "6h", "1d21h"].map { .text($0) })
        #expect(rules.map { $0["id"] } == ["named_accounts", "emea", "amer"].map { .text($0) })
        #expect(tree["attribution"]?["model"] == .text("position"))
    }
}
