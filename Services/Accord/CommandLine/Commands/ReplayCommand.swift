import AccordSuite
import ArgumentParser
import Contracts
import Foundation
import Kernel
import SwiftProtobuf

struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Run history through the real services, in this process, under a clock that follows the history.",
        discussion: """
            A plan names the agreement and the files with their mappings. The same plan and data give the same \
            reports, byte for byte.

            Example: accord replay Tests/RealData/olist/replay.yaml --data ../shared/data/olist --split-by source
            Example: accord replay --generated 100000 --engagements 4 --report funnel
            """)

    @Argument(help: "The plan: a YAML file.")
    var plan: String?
    @Option(help: "The folder of the files that the plan names.")
    var data: String?
    @Option(help: "Instead of a plan: so many made-up leads.")
    var generated: Int?
    @Option(help: "Of each made-up lead.")
    var engagements = 4
    @Option(help: "Of the made-up leads.")
    var seed: UInt64 = 2_026
    @Option(help: "Where the services keep their files; a temporary folder by default.")
    var store: String?
    @Option(help: "Split the reports by a dimension.")
    var splitBy = ""
    @Option(help: "Which report to print: funnel, pipeline, attribution, service-levels or all.")
    var report = "all"
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let generated {
            guard plan == nil, (1...5_000_000).contains(generated), (0...100).contains(engagements) else {
                throw ValidationError("--generated takes 1 to 5000000 leads, 0 to 100 engagements each, and no plan")
            }
        } else if plan == nil || data == nil {
            throw ValidationError("give a plan and --data, or --generated")
        }
        guard report == "all" || Self.reports.contains(report) else {
            throw ValidationError("--report \(report): expected all, \(Self.reports.joined(separator: ", "))")
        }
    }

    private static let reports = ["funnel", "pipeline", "attribution", "service-levels"]

    private func history() throws -> Replay {
        if let generated {
            return try Replay(generated: generated, engagements: engagements, seed: seed, store: store)
        }
        return try Replay(plan: plan ?? "", data: data ?? "", store: store)
    }

    func run() async throws {
        let replay = try history()
        var progress = ProgressLine("replaying")
        var pace = ReplayPace(records: replay.count)
        let reports = try await replay.run(splitBy: splitBy) { done, total in
            progress.show(done, of: total)
            pace.note(done)
        }
        progress.end()
        Terminal.complain(pace.text)
        if output.json {
            return Terminal.say(
                try JSONText.of([
                    "funnel": reports.funnel, "pipeline": reports.pipeline, "attribution": reports.attribution,
                    "serviceLevels": reports.serviceLevels,
                ]))
        }
        let texts = [
            "funnel": Reports.funnel(reports.funnel, splitBy: reports.funnelSplit),
            "pipeline": Reports.pipeline(reports.pipeline, splitBy: reports.pipelineSplit),
            "attribution": Reports.attribution(reports.attribution),
            "service-levels": Reports.serviceLevels(reports.serviceLevels, splitBy: ""),
        ]
        guard report != "all" else {
            for name in Self.reports {
                Terminal.say("\n\(name)\n\(texts[name] ?? "")")
            }
            return
        }
        Terminal.say(texts[report] ?? "")
    }
}

/// How fast a replay went and how much memory it took, told at the end on standard error.
private struct ReplayPace {
    private let records: Int
    private let began = ContinuousClock.now
    private let processorBegan = ProcessFigures.processorSeconds
    private var done = 0
    private var quarters: [Int] = []

    init(records: Int) {
        self.records = records
    }

    mutating func note(_ done: Int) {
        self.done = done
        if done * 4 >= records * (quarters.count + 1) { quarters.append(ProcessFigures.residentMebibytes) }
    }

    var text: String {
        let elapsed = began.duration(to: .now)
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        let processor = ProcessFigures.processorSeconds - processorBegan
        return
            "\(done) records in \(Format.fixed(seconds, 2)) s (\(Format.fixed(processor, 2)) s of processor time); "
            + "resident MiB by quarter: \(quarters.map(String.init).joined(separator: ", "))"
    }
}
