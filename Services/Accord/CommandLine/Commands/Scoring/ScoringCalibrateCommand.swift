import AccordSuite
import ArgumentParser
import Contracts
import SwiftProtobuf

struct ScoringCalibrateCommand: AnswerCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate",
        abstract: "Learn from what became of leads which rules and fields tell, and draft points.",
        discussion: """
            Nothing is stored or changed: put the draft into your agreement, and propose it.

            Example: accord scoring calibrate --outcome accepted
            Example: accord scoring calibrate --outcome won --population created --split time
            Example: accord scoring calibrate --yaml > scoring.yaml
            """)

    @Option(help: "What counts as success: accepted, sql or won.")
    var outcome = "won"
    @Option(help: "qualified: leads as they were when they qualified; created: all leads, some time after they came.")
    var population = "qualified"
    @Option(help: "Of --population created: how long after they came; 14d by default.")
    var observation = ""
    @Option(help: "Within which time success counts; 90d by default.")
    var horizon = ""
    @Option(help: "Of coming to be: FROM..TO, half open; all time by default.", transform: Arguments.period)
    var period: WirePeriod?
    @Option(help: "Which leads are held out to check with: random, or time for the latest.")
    var split = "random"
    @Option(help: "The share of leads held out.")
    var heldOut = 0.25
    @Option(help: "Of the draw.")
    var seed: UInt64 = 1
    @Option(help: "The strength of the penalty on large coefficients.")
    var penalty = 1.0
    @Option(help: "A field to leave out, such as custom.crm_stage; again for more.")
    var exclude: [String] = []
    @Option(help: "A field to keep although it seems to know the outcome; again for more.")
    var keep: [String] = []
    @Option(help: "Leave a field out that this share more of leads had changed after the outcome than without it.")
    var changedAfter = 0.1
    @Option(help: "How many held-out leads to show, each with its points and its probability.")
    var leads: Int32 = 0
    @Flag(help: "Print the draft alone, as YAML with its evidence in comments.")
    var yaml = false
    @OptionGroup var options: AnswerOptions

    func validate() throws {
        if yaml, options.output.json { throw ValidationError("--yaml and --json: expected one of them") }
    }

    func ask(_ services: SuiteClients) async throws -> WireCalibrateResponse {
        try await services.scoring.calibrate(
            .with {
                $0.outcome = outcome
                $0.population = population
                $0.observation = observation
                $0.horizon = horizon
                if let period { $0.period = period }
                $0.split = split
                $0.heldOut = heldOut
                $0.seed = seed
                $0.penalty = penalty
                $0.exclude = exclude
                $0.keep = keep
                $0.changedAfter = changedAfter
                $0.leads = leads
            })
    }

    func text(_ answer: WireCalibrateResponse) -> String {
        yaml ? answer.document : CalibrationText.report(answer)
    }
}
