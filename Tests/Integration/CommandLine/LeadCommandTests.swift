import AccordTesting
import Contracts
import Foundation
import SwiftProtobuf
import Testing

/// Leads by the command line.
@Suite struct LeadCommandTests {
    @Test(arguments: ["import", "list", "show", "merge", "split"])
    func everyCommandHasHelpWithAnExample(command: String) async throws {
        let help = try await AccordRun(["leads", command, "--help"])
        #expect(help.code == 0 && help.errors == "")
        #expect(help.output.contains("Example: accord leads \(command)"))
        #expect(help.output.contains("--json"))
    }

    @Test func leadsAreImportedShownMergedAndSplit() async throws {
        let folder = try TemporaryFolder()
        let accord = try await HostedAccord(data: folder.path("data"))
        try await accord.agree(on: folder.file("small.yaml", Self.agreement))
        let csv = try folder.file("leads.csv", "id,job,staff\nl-1,CTO,50\nl-2,CEO,\n")
        let mapping = try folder.file(
            "mapping.yaml",
            "kind: leads\ncolumns: {lead_id: id, person.title: job, company.employees: staff, external_ids.crm: id}\n")
        let imported = try await accord.accord("leads", "import", csv, "--mapping", mapping)
        #expect(imported.code == 0, "\(imported.errors)")

        let merged = try await accord.accord("leads", "merge", "l-1", "l-2", "--by", "rita", "--reason", "twins")
        #expect(merged.code == 0, "\(merged.errors)")
        #expect(merged.output.contains("former ids: l-2\n"))
        #expect(merged.output.contains("l-2 into l-1 by rita: twins"))
        #expect(merged.output.contains("in other systems: crm:l-1, crm:l-2\n"))
        #expect(merged.output.contains("person.title"))
        let shown = try await accord.accord("leads", "show", "l-2", "--changes", "--json")
        #expect(shown.output.contains(#""formerIds":["l-2"]"#) && shown.output.contains(#""changes":{}"#))
        #expect(try await accord.accord("leads", "list").output.split(separator: "\n").count == 3)

        let split = try await accord.accord("leads", "split", "l-2", "--by", "rita")
        #expect(split.output.contains("lead: l-1\n") && split.output.contains("lead: l-2\n"))
        let list = try await accord.accord("leads", "list", "--state", "inquiry")
        #expect(list.output.split(separator: "\n").count == 4, "a heading, a rule and two leads")
        #expect(try await accord.accord("leads", "list", "--state", "won").code == 64)
        #expect(try await accord.accord("leads", "split", "l-2", "l-9", "--by", "rita").code == 65)
        #expect(await accord.executable.terminate() == 0)
    }

    private static let agreement = """
        name: Small
        scoring:
          fit: [{id: size, points: 100, when: {field: company.employees, op: gte, value: 100}}]
          qualification: {threshold: 50}

        """
}
