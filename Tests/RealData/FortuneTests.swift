import AccordSuite
import AccordTesting
import Contracts
import Foundation
import Hosting
import SwiftProtobuf
import Testing

/// The 2021 Fortune 1000 as accounts of a running ICP service.
@Suite(.enabled(if: RealData.folder != nil, RealData.comment)) struct FortuneTests {
    @Test func everyCompanyHasATierOrNoneAndReasons() async throws {
        let fortune = try await Fortune()
        let agreement = try await fortune.enactAgreement()
        var matches: [WireAccountMatch] = []
        for ids in fortune.companies.chunked(250) {
            matches += try await fortune.icp.matchAccounts(.with { $0.accountIds = ids }).matches
        }
        #expect(matches.map(\.accountID) == fortune.companies)
        for match in matches {
            let judged = match.satisfied + match.failed + match.unknown
            #expect(Set(judged) == ["size", "industry", "revenue", "listed", "momentum"], "\(match.accountID)")
            #expect(judged.count == 5 && match.reasons.count == 10, "\(match.accountID)")
            #expect(match.score == fortune.score(match.satisfied, agreement), "\(match.accountID)")
        }
        let tiers = Dictionary(grouping: matches, by: \.tier).mapValues(\.count)
        // As Python computes them from the file, with the rules of evaluate.py.
        #expect(tiers == ["A": 273, "B": 492, "C": 200, "": 35])
        #expect(matches.count { $0.unknown.contains("momentum") } == 128)
        #expect(matches.count { $0.unknown.contains("listed") } == 1)
        await fortune.end()
    }

    /// In Python, from the file itself, in the plainest way.
    @Test func twoHundredRandomTreesAgreeWithANaiveEvaluator() async throws {
        let fortune = try await Fortune()
        _ = try await fortune.enactAgreement()
        var random = FortuneTrees(seed: 2026)
        let trees = (0..<200).map { _ in random.tree(depth: 4) }
        var given: [FortuneVerdicts.Tree] = []
        for part in trees.chunked(20) {
            let response = try await fortune.icp.evaluateCriteria(
                .with {
                    $0.criteria = part.map { tree in .with { $0.when = tree } }
                    $0.records = fortune.companies.map { company in .with { $0.accountID = company } }
                    $0.verdictsOnly = true
                })
            for (index, tree) in part.enumerated() {
                given.append(
                    FortuneVerdicts.Tree(
                        when: try FortuneVerdicts.JSON(tree),
                        verdicts: String(response.records.map { FortuneVerdicts.letter($0.verdicts[index].verdict) })))
            }
        }
        let letters = Set(given.flatMap(\.verdicts))
        #expect(letters == ["t", "f", "u"])
        let (status, output) = try fortune.python(FortuneVerdicts(accounts: fortune.companies, trees: given))
        #expect(status == 0, "seed 2026: \(output)")
        #expect(output.hasSuffix("; 0 disagree\n"))
        await fortune.end()
    }
}

/// A running ICP service that has imported the file.
private final class Fortune {
    let companies: [String]
    let folder: TemporaryFolder
    private let service: RunningService
    private let connection: SuiteConnection

    var icp: WireIcpServiceClient { connection.clients.icp }

    static var csv: String {
        get throws { try RealData.path("fortune1000/Fortune_1000.csv") }
    }

    init() async throws {
        let folder = try TemporaryFolder()
        let service = try await RunningService(.icp, data: folder.path("data"), arguments: ["--log-level", "error"])
        connection = SuiteConnection(
            addresses: Dictionary(uniqueKeysWithValues: ServiceName.allCases.map { ($0, service.address) }), token: nil)
        let job = try ImportJob(kind: .accounts, file: Self.csv, mapping: Self.beside("mapping.yaml"), batch: 500)
        let checkpoint = ImportCheckpoint(url: folder.url.appendingPathComponent("import"))
        let outcome = try await job.run(connection.clients, keeping: checkpoint, fromStart: true) { _, _ in }
        try #require(outcome.created == 1_000 && outcome.refusals.isEmpty, "\(outcome)")
        var companies: [String] = []
        var request = WireListAccountsRequest.with { $0.page.pageSize = 300 }
        repeat {
            let page = try await connection.clients.icp.listAccounts(request)
            companies += page.accounts.map(\.accountID)
            request.page.pageToken = page.nextPageToken
        } while !request.page.pageToken.isEmpty
        try #require(Set(companies).count == 1_000)
        self.companies = companies
        self.folder = folder
        self.service = service
    }

    func enactAgreement() async throws -> WireAgreement {
        let document = try String(contentsOfFile: Self.beside("agreement.yaml"), encoding: .utf8)
        let proposed = try await icp.proposeAgreement(
            .with {
                $0.document = document
                $0.proposedBy = "rita"
            }
        ).version
        for (side, signer) in [(WireSide.marketing, "mo"), (.sales, "sue")] {
            _ = try await icp.signAgreement(
                .with {
                    $0.version = proposed.version
                    $0.side = side
                    $0.signer = signer
                })
        }
        return proposed.agreement
    }

    /// 100 x the weight of what is satisfied / the weight of all.
    func score(_ satisfied: [String], _ agreement: WireAgreement) -> Double {
        let weights = Dictionary(uniqueKeysWithValues: agreement.icp.criteria.map { ($0.id, $0.weight) })
        return 100 * satisfied.reduce(0) { $0 + (weights[$1] ?? 0) } / weights.values.reduce(0, +)
    }

    func python(_ verdicts: FortuneVerdicts) throws -> (status: Int32, output: String) {
        let path = folder.path("trees.json")
        try JSONEncoder().encode(verdicts).write(to: URL(fileURLWithPath: path))
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", Self.beside("evaluate.py"), try Self.csv, path]
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    func end() async {
        await connection.close()
        _ = await service.executable.terminate()
    }

    private static func beside(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("fortune/\(name)").path
    }
}

/// What Python is given.
private struct FortuneVerdicts: Encodable {
    struct Tree: Encodable {
        var when: JSON
        var verdicts: String
    }

    var accounts: [String]
    var trees: [Tree]

    static func letter(_ verdict: WireVerdict) -> Character {
        switch verdict {
        case .true: "t"
        case .false: "f"
        case .unknown: "u"
        case .unspecified, .UNRECOGNIZED: "?"
        }
    }

    /// A message as JSON inside of JSON.
    indirect enum JSON: Encodable {
        case text(String)
        case number(Double)
        case boolean(Bool)
        case list([JSON])
        case object([String: JSON])

        init(_ tree: WireCriteria) throws {
            let groups = [("all", tree.all), ("any", tree.any), ("none", tree.none)]
            if let (name, parts) = groups.first(where: { !$0.1.isEmpty }) {
                self = .object([name: .list(try parts.map(JSON.init))])
                return
            }
            var leaf: [String: JSON] = ["field": .text(tree.field), "op": .text(tree.op)]
            if tree.hasValue { leaf["value"] = JSON(tree.value) }
            self = .object(leaf)
        }

        init(_ value: Google_Protobuf_Value) {
            switch value.kind {
            case .stringValue(let text): self = .text(text)
            case .numberValue(let number): self = .number(number)
            case .boolValue(let boolean): self = .boolean(boolean)
            case .listValue(let list): self = .list(list.values.map { JSON($0) })
            case .nullValue, .structValue, nil: self = .list([])
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let text): try container.encode(text)
            case .number(let number): try container.encode(number)
            case .boolean(let boolean): try container.encode(boolean)
            case .list(let parts): try container.encode(parts)
            case .object(let fields): try container.encode(fields)
            }
        }
    }
}

extension Array {
    fileprivate func chunked(_ size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
