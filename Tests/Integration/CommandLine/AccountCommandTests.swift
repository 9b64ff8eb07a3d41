import AccordTesting
import Contracts
import Foundation
import SwiftProtobuf
import Testing

/// Accounts, the profile they are matched with and target lists, by the command line.
@Suite struct AccountCommandTests {
    static let commands = [
        ["accounts", "import"], ["accounts", "list"], ["accounts", "show"], ["accounts", "find"],
        ["accounts", "merge"],
        ["icp", "match"], ["targets", "propose"], ["targets", "sign"], ["targets", "show"], ["targets", "list"],
        ["targets", "history"],
    ]

    @Test(arguments: commands)
    func everyCommandHasHelpWithAnExample(command: [String]) async throws {
        let help = try await AccordRun(command + ["--help"])
        #expect(help.code == 0 && help.errors == "")
        #expect(help.output.contains("Example: accord \(command.joined(separator: " "))"))
        #expect(help.output.contains("--json"))
    }

    @Test func accountsAreImportedFoundMergedMatchedAndPutOnAListThatBothSidesSign() async throws {
        let folder = try TemporaryFolder()
        let accord = try await HostedAccord(data: folder.path("data"))
        try await Self.agree(accord, folder)

        let csv = try folder.file("accounts.csv", Self.accounts)
        let mapping = try folder.file("mapping.yaml", Self.mapping)
        let imported = try await accord.accord("accounts", "import", csv, "--mapping", mapping)
        #expect(imported.code == 0)
        #expect(imported.output == "3 created, 0 updated, 0 unchanged, 0 left out, 0 sent earlier, 0 refused\n")

        let found = try await accord.accord("accounts", "find", "ana@shop.acme.co.uk")
        #expect(found.code == 0 && found.output == "a-1: it alone has the registered domain acme.co.uk\n")
        let tie = try await accord.accord("accounts", "find", "Fjord")
        #expect(tie.code == 2 && tie.output.hasPrefix("2 have the name fjord, and nothing decides between them\n"))

        let merged = try await accord.accord("accounts", "merge", "a-2", "a-3", "--by", "rita", "--reason", "twins")
        #expect(merged.code == 0 && merged.output.contains("a-3 into a-2 by rita: twins"))
        let shown = try await accord.accord("accounts", "show", "a-3", "--json")
        #expect(try WireGetAccountResponse(jsonString: shown.output).account.account.employees == 40)
        let list = try await accord.accord("accounts", "list", "--name", "fjord")
        #expect(list.output.split(separator: "\n").count == 3, "a heading, a rule and one account")

        let matched = try await accord.accord("icp", "match", "--reasons")
        #expect(matched.output.contains("true    size: company.employees gte 100, found 500"))
        #expect(matched.output.hasSuffix("agreement version 1; A: 1, no tier: 1\n"))
        #expect(try await accord.accord("icp", "match", "nobody").code == 65)

        let targets = try folder.file("targets.csv", "account_id,marketing_owner,sales_owner\na-1,ana,ben\n")
        let proposed = try await accord.accord(
            "targets", "propose", "named", targets, "--name", "Named", "--by", "rita")
        #expect(proposed.output.contains("\n  a-1: added (marketing ana, sales ben)\n"))
        for (side, signer) in [("marketing", "mo"), ("sales", "sue")] {
            #expect(
                try await accord.accord("targets", "sign", "named", "1", "--side", side, "--signer", signer).code == 0)
        }
        let history = try await accord.accord("targets", "history", "named")
        #expect(history.output.hasPrefix("named revision 1 (Named): in force, 1 accounts, proposed by rita"))
        #expect(try await accord.accord("targets", "list", "--account", "a-1").output.hasPrefix("named revision 1"))
        #expect(try await accord.accord("targets", "show", "named").output.contains("a-1      ana        ben"))
        #expect(await accord.executable.terminate() == 0)
    }

    private static func agree(_ accord: HostedAccord, _ folder: TemporaryFolder) async throws {
        let document = """
            name: Small
            icp:
              tiers: [{name: A, at_least: 50}]
              criteria: [{id: size, weight: 1, when: {field: company.employees, op: gte, value: 100}}]

            """
        try await accord.agree(on: folder.file("small.yaml", document))
    }

    private static let accounts = """
        id,name,site,staff
        a-1,Acme Ltd.,https://www.acme.co.uk,500
        a-2,Fjord AS,fjord.example,
        a-3,FJORD Inc.,fjord.com,40

        """

    private static let mapping = """
        kind: accounts
        columns: {account_id: id, name: name, domains: site, employees: staff}

        """
}
